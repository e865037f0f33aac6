// The FHIR bundles against the JSON schema of R4 as HL7 published it.

const assert = require('node:assert/strict')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')
const Validator = require('@asymmetrik/fhir-json-schema-validator')

const validator = new Validator()

for (const name of ['fhir.json', 'fhir-with-report.json', 'fhir-raw.json']) {
  test(`${name} fits the schema of FHIR R4`, () => {
    const bundle = JSON.parse(readFileSync(join(process.env.CHAIRSIDE_EXPORTS, name), 'utf8'))
    assert.ok(bundle.entry.length > 100)
    // Each resource by itself: a fault in one of thousands is named, and not every branch of the bundle's choice.
    for (const { resource } of bundle.entry) {
      assert.deepEqual(validator.validate(resource), [], `${resource.resourceType} ${resource.id}`)
    }
    assert.deepEqual(validator.validate({ ...bundle, entry: bundle.entry.slice(0, 20) }), [])
  })
}

test('the schema refuses what is no R4', () => {
  assert.notDeepEqual(validator.validate({ resourceType: 'Observation', status: 'nearly' }), [])
})
