import { expect, test } from 'vitest'
import { UserError } from '../user-error.ts'
import { helpText, parseStartArguments } from './arguments.ts'

test('without flags it is the sample, at its own speed', () => {
  expect(parseStartArguments([])).toEqual({
    contacts: null,
    flow: null,
    program: null,
    carrier: null,
    country: 'MA',
    seed: 7,
    speed: null,
    once: false,
    out: null,
    help: false,
    version: false,
  })
})

test('every flag is read, with a blank or an equals sign before its value', () => {
  const files = ['--contacts', 'people.csv', '--flow=flow.json', '--program', 'program.json', '--carrier', 'carrier.json']
  expect(
    parseStartArguments([...files, '--country', 'fr', '--seed=-3', '--speed', '0.5', '--once', '--out', 'result.json', '-h', '--version']),
  ).toEqual({
    contacts: 'people.csv',
    flow: 'flow.json',
    program: 'program.json',
    carrier: 'carrier.json',
    country: 'FR',
    seed: -3,
    speed: 0.5,
    once: true,
    out: 'result.json',
    help: true,
    version: true,
  })
})

test.for([
  [['--frobnicate'], 'there is no flag --frobnicate'],
  [['--contact', 'x'], 'there is no flag --contact; did you mean --contacts? npm start -- --help lists the flags'],
  [['--sped=2'], 'did you mean --seed or --speed? '],
  [['--toString', 'x'], 'there is no flag --toString'],
  [['people.csv'], '"people.csv" belongs to no flag'],
  [['--contacts'], '--contacts takes a value'],
  [['--contacts', '--once'], '--contacts takes a value'],
  [['--out='], '--out takes a value'],
  [['--once=yes'], '--once takes no value'],
  [['--country', 'XX'], '--country: "XX" is no country'],
  [['--country', 'Morocco'], '--country: "Morocco" is no country'],
  [['--seed', '1.5'], '--seed takes a whole number, not "1.5"'],
  [['--seed', '99999999999999999999'], '--seed takes a whole number'],
  [['--speed', '0'], '--speed takes a number above 0'],
  [['--speed', '-1'], '--speed takes a number above 0'],
  [['--speed', 'fast'], '--speed takes a number above 0'],
  [['--speed', 'Infinity'], '--speed takes a number above 0'],
  [['--speed', '0x10'], '--speed takes a number above 0'],
] as const)('%j is refused in one line with exit code 2', ([args, message]) => {
  const error = thrownBy(() => parseStartArguments([...args]))
  expect(error.exitCode).toBe(2)
  expect(error.message).toContain(message)
  expect(error.message).not.toContain('\n')
})

test('a flag that is spelt like none is not guessed', () => {
  expect(thrownBy(() => parseStartArguments(['--frobnicate'])).message).not.toContain('did you mean')
})

test('the help fits a terminal of 80 columns', () => {
  for (const line of helpText.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
})

function thrownBy(act: () => unknown): UserError {
  try {
    act()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
