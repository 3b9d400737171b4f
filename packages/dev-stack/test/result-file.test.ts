import { lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { checkOutput, writeResult } from '../src/start/result-file.ts'
import { callsOf, reports } from './support/reports.ts'
import { scratchDir } from './support/scratch.ts'

const dir = scratchDir('result-file')
const path = join(dir, 'result.json')

beforeEach(() => {
  for (const name of readdirSync(dir)) rmSync(join(dir, name))
})

test.for([0, 1, 3])('the result holds the reports and all %i calls, indented, and there is no other file beside it', async (count) => {
  await writeResult(path, reports, streamed(callsOf(count)))
  const text = readFileSync(path, 'utf8')
  const result = JSON.parse(text) as Record<string, unknown>
  expect(text).toBe(`${JSON.stringify(result, null, 2)}\n`)
  expect(Object.keys(result)).toEqual(['import', 'report', 'breakdown', 'nodeStats', 'billing', 'calls'])
  expect(result).toMatchObject(reports)
  expect(result.calls).toEqual(callsOf(count))
  expect(readdirSync(dir)).toEqual(['result.json'])
})

test('an earlier result stays unchanged when the calls cannot be read to their end', async () => {
  writeFileSync(path, 'earlier')
  await expect(writeResult(path, reports, interrupted())).rejects.toThrow('gone')
  expect(readFileSync(path, 'utf8')).toBe('earlier')
  expect(readdirSync(dir)).toEqual(['result.json'])
})

test('a link is followed, and stays a link', async () => {
  writeFileSync(join(dir, 'real.json'), '')
  symlinkSync('real.json', path)
  await writeResult(path, reports, streamed(callsOf(1)))
  expect(lstatSync(path).isSymbolicLink()).toBe(true)
  expect(JSON.parse(readFileSync(join(dir, 'real.json'), 'utf8'))).toMatchObject(reports)
})

test('checking whether a result can be written leaves no trace', () => {
  checkOutput(path)
  expect(readdirSync(dir)).toEqual([])
})

async function* streamed<T>(items: T[]): AsyncGenerator<T> {
  yield* items
}

async function* interrupted() {
  yield* callsOf(1)
  throw new Error('gone')
}
