import { statSync, writeFileSync } from 'node:fs'
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

test('a service that was added later gets a password, and the others keep theirs', () => {
  const { rolePasswords, ...others } = loadSecrets(path)
  const { billing, ...earlier } = rolePasswords
  writeFileSync(path, JSON.stringify({ ...others, rolePasswords: earlier }))
  const completed = loadSecrets(path)
  expect(completed.rolePasswords).toEqual({ ...earlier, billing: expect.stringMatching(/^[\w-]{32}$/) })
  expect(completed.rolePasswords.billing).not.toBe(billing)
  expect(loadSecrets(path)).toEqual(completed)
})

test('no two of them are the same', () => {
  const { rolePasswords, ...others } = loadSecrets(path)
  const all = [...Object.values(rolePasswords), ...Object.values(others)]
  expect(new Set(all).size).toBe(all.length)
})
