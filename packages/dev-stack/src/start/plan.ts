import { join } from 'node:path'
import { timezoneOfCountry } from '@carillon/calling-time/timezone'
import { weekdays } from '@carillon/contracts/program'
import { repositoryRoot } from '../repository.ts'
import type { StartArguments } from './arguments.ts'
import { checkContacts } from './contacts-file.ts'
import { type FlowInput, readFlowFile } from './flow-file.ts'
import { typedPath } from './input-file.ts'
import { readJsonFile } from './json-file.ts'
import { type ProgramInput, readProgramFile } from './program-file.ts'
import { refusedFile } from './refusal.ts'
import { checkOutput } from './result-file.ts'

/** What a run will do. Every named file has been read, or can be. */
export interface Plan {
  /** A fresh organization for this run, or the sample's, which is found again. */
  organization: { name: string; isSample: boolean; country: string; timezone: string }
  contactsPath: string
  flowPath: string
  flow: FlowInput
  programPath: string
  program: ProgramInput & { didPool: string[] }
  /** The sample's program has a lunch break soon after its start, whenever that is. */
  hasLunchBreak: boolean
  carrierPath: string
  /** The profile is the user's, not the bridge's own. */
  hasOwnCarrier: boolean
  seed: number
  speed: number
  once: boolean
  outPath: string | null
}

const samples = join(repositoryRoot, 'packages/dev-stack/samples')
const defaultCarrier = join(repositoryRoot, 'services/dialer-bridge/profiles/default.json')

/** Two hours of platform time, lunch break and two rounds of retries included, in about a minute. */
const sampleSpeed = 120

/**
 * Reads what the command line names, and the samples for the rest. Everything that can be checked before anything runs is checked here. `nowMs` is
 * from the real clock; the name of the run is made from it.
 */
export function planRun(options: StartArguments, nowMs: number): Plan {
  const chosen = (typed: string | null, sample: string) => (typed === null ? join(samples, sample) : typedPath(typed))
  const contactsPath = chosen(options.contacts, 'contacts.csv')
  const flowPath = chosen(options.flow, 'flow.json')
  const programPath = chosen(options.program, 'program.json')
  const carrierPath = options.carrier === null ? defaultCarrier : typedPath(options.carrier)
  const outPath = options.out === null ? null : typedPath(options.out)
  checkContacts(contactsPath)
  const flow = readFlowFile(flowPath)
  const sampleProgram = readProgramFile(join(samples, 'program.json'), 'MA')
  const program = options.program === null ? sampleProgram : readProgramFile(programPath, options.country)
  const timezone = program.timezone ?? timezoneOfCountry(options.country, nowMs)
  if (timezone === null && hasWeeklyWindows(program)) {
    throw refusedFile(programPath, `${options.country} has several time zones: /timezone must say which one the pause windows are in`)
  }
  readJsonFile(carrierPath)
  if (outPath !== null) checkOutput(outPath)

  const isSample = options.contacts === null && options.flow === null && options.program === null && options.country === 'MA'
  return {
    organization: {
      name: isSample ? 'Carillon sample' : `Run of ${new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ')}`,
      isSample,
      country: options.country,
      timezone: timezone ?? 'UTC',
    },
    contactsPath,
    flowPath,
    flow,
    programPath,
    program: { ...program, didPool: program.didPool ?? sampleProgram.didPool ?? [] },
    hasLunchBreak: options.program === null,
    carrierPath,
    hasOwnCarrier: options.carrier !== null,
    seed: options.seed,
    speed: options.speed ?? (options.program === null ? sampleSpeed : 1),
    once: options.once,
    outPath,
  }
}

function hasWeeklyWindows({ pauseWindows }: ProgramInput): boolean {
  return weekdays.some((weekday) => pauseWindows?.[weekday] !== undefined)
}
