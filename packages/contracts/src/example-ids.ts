/**
 * The ids in the examples of the OpenAPI document: one for each kind of thing, wherever an example refers to it. The test that sends every example puts
 * real ids in their place.
 */
export const exampleIds = {
  contact: '0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e',
  audience: '0199c4e2-8b10-7f4a-8c21-6a1d2e3f4051',
  flow: '0199c4e2-8c5e-7a37-b1f0-7b2e3f405162',
  did: '0199c4e2-8d92-7e08-a4c3-8c3f40516273',
} as const
