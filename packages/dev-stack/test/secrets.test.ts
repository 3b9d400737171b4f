import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSecrets } from '../src/secrets.ts'
import { scratchDir } from './support/scratch.ts'

const path = join(scratchDir('secrets'), 'secrets.json')

test('secrets are made once, and only their owner may read them', () => {
  const made = loadSecrets(path)
  expect(loadSecrets(path)).toEqual(made)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('no two of them are the same', () => {
  const { rolePasswords, ...others } = loadSecrets(path)
  const all = [...Object.values(rolePasswords), ...Object.values(others)]
  expect(new Set(all).size).toBe(all.length)
})
