import { parseArgs } from 'node:util'
import { timezonesOfCountry } from '@carillon/calling-time/timezone'
import leven from 'leven'
import { UserError } from '../user-error.ts'

/** The flags of `npm start`. Paths are as typed. */
export interface StartArguments {
  contacts: string | null
  flow: string | null
  program: string | null
  carrier: string | null
  /** ISO 3166-1 alpha-2. */
  country: string
  seed: number
  /** How much faster than real time the whole system's time passes; null when the flag is absent. */
  speed: number | null
  once: boolean
  out: string | null
  help: boolean
  version: boolean
}

/** At a higher speed, the timers of the simulated carrier would round to the same millisecond. */
const maxSpeed = 10_000
const badArgument = 2

const flags = {
  contacts: { type: 'string' },
  flow: { type: 'string' },
  program: { type: 'string' },
  carrier: { type: 'string' },
  country: { type: 'string' },
  seed: { type: 'string' },
  speed: { type: 'string' },
  once: { type: 'boolean' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

export const helpText = `npm start [-- flags]

Sets everything up, runs a program on the simulated carrier, shows it live and
reports on it. Without flags it is the sample.

  --contacts FILE   whom to call: CSV with a phone column
                    (default: the sample's contacts)
  --flow FILE       the call flow: JSON, the body of POST /flows or its graph
                    alone
  --program FILE    retries, pause windows, pacing, DIDs: JSON, the body of
                    POST /programs, in which name, startAt and didPool may be
                    left out and didPool lists phone numbers
  --carrier FILE    how the simulated carrier behaves: JSON
  --country CC      country of the organization, by which local numbers are
                    read (default MA)
  --seed N          of the simulated carrier: the same seed and files give the
                    same calls (default 7)
  --speed X         how many times faster than real time everything passes
                    (default 1 with --program, else the sample's)
  --once            end when the program has ended, instead of serving the API
                    until Ctrl-C
  --out FILE        write import, report, breakdown, nodeStats, billing and
                    calls there, as JSON
  --version         print the version
  -h, --help        print this text
`

/** Reads the command line. A bad one is a `UserError` of one line with exit code 2. */
export function parseStartArguments(args: string[]): StartArguments {
  // Not strict: the messages of node:util have several lines.
  const { values, tokens, positionals } = parseArgs({ args, options: flags, strict: false, tokens: true, allowPositionals: true })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name as keyof typeof flags] : null
    if (flag === null) throw refused(`there is no flag ${token.rawName}; ${nearestFlags(token.name)}npm start -- --help lists the flags`)
    if (flag.type === 'boolean' && token.value !== undefined) throw refused(`${token.rawName} takes no value`)
    if (flag.type === 'string' && (token.value === undefined || token.value === '' || token.value.startsWith('--'))) {
      throw refused(`${token.rawName} takes a value`)
    }
  }
  const [stray] = positionals
  if (stray !== undefined) throw refused(`"${stray}" belongs to no flag; npm start -- --help lists the flags`)
  const text = (name: keyof typeof flags) => (typeof values[name] === 'string' ? values[name] : null)
  return {
    contacts: text('contacts'),
    flow: text('flow'),
    program: text('program'),
    carrier: text('carrier'),
    country: countryOf(text('country') ?? 'MA'),
    seed: seedOf(text('seed') ?? '7'),
    speed: speedOf(text('speed')),
    once: values.once === true,
    out: text('out'),
    help: values.help === true,
    version: values.version === true,
  }
}

/** `did you mean --seed or --speed? `, where flags are spelt almost like it; else nothing. */
function nearestFlags(name: string): string {
  const distances = Object.keys(flags).map((flag) => ({ flag, distance: leven(name.toLowerCase(), flag) }))
  const least = Math.min(...distances.map(({ distance }) => distance))
  const nearest = distances.filter(({ flag, distance }) => distance === least && distance <= Math.ceil(flag.length / 3))
  return nearest.length === 0 ? '' : `did you mean ${nearest.map(({ flag }) => `--${flag}`).join(' or ')}? `
}

function countryOf(text: string): string {
  const country = text.toUpperCase()
  if (timezonesOfCountry(country).length === 0)
    throw refused(`--country: "${text}" is no country; give two letters of ISO 3166, such as MA`)
  return country
}

function seedOf(text: string): number {
  const seed = Number(text)
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(seed)) throw refused(`--seed takes a whole number, not "${text}"`)
  return seed
}

function speedOf(text: string | null): number | null {
  if (text === null) return null
  const speed = Number(text)
  if (!/^[\d.]+(e\d+)?$/i.test(text) || !(speed > 0 && speed <= maxSpeed)) {
    throw refused(`--speed takes a number above 0 and up to ${maxSpeed}, not "${text}"`)
  }
  return speed
}

function refused(message: string): UserError {
  return new UserError(message, badArgument)
}
