import { isTimezone } from '@carillon/calling-time/timezone'
import { CreateProgramRequest } from '@carillon/contracts/program'
import '@carillon/service-kit/process/formats'
import { parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import { type Static, Type } from '@sinclair/typebox'
import { Value, type ValueError } from '@sinclair/typebox/value'
import { readJsonFile } from './json-file.ts'
import { firstProblem, refusedFile } from './refusal.ts'

const { name, startAt, didPool: _pool, audienceId: _audience, flowId: _flow, ...settings } = CreateProgramRequest.properties

const ProgramFile = Type.Object(
  {
    ...settings,
    name: Type.Optional(name),
    startAt: Type.Optional(startAt),
    didPool: Type.Optional(Type.Array(Type.String(), { minItems: 1, maxItems: 1000, uniqueItems: true })),
  },
  { additionalProperties: false },
)

/** The part of the body of POST /programs that a file can give. DIDs are phone numbers (E.164); name, start and DIDs are optional. */
export type ProgramInput = Static<typeof ProgramFile>

/** Reads a program file. `audienceId` and `flowId` in it are ignored, since the run creates both. Local DIDs are read as numbers of `country`. */
export function readProgramFile(path: string, country: string): ProgramInput {
  const value = readJsonFile(path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusedFile(path, 'a program is a JSON object')
  const { audienceId: _ownAudience, flowId: _ownFlow, ...body } = value as Record<string, unknown>
  const problems = problemsOf(body)
  if (problems.length > 0) throw refusedFile(path, `not a valid program: ${firstProblem(problems)}`)
  const program = Value.Decode(ProgramFile, body)
  if (program.mode === 'live') throw refusedFile(path, 'not a valid program: /mode live programs have no contacts to start with')
  if (program.timezone !== undefined && !isTimezone(program.timezone)) {
    throw refusedFile(path, `not a valid program: /timezone "${program.timezone}" is not an IANA time zone`)
  }
  return program.didPool ? { ...program, didPool: program.didPool.map((number, index) => didOf(path, number, index, country)) } : program
}

function didOf(path: string, text: string, index: number, country: string): string {
  const parsed = parsePhoneNumber(text, country)
  if (parsed.ok) return parsed.number
  throw refusedFile(path, `not a valid program: /didPool/${index} "${text}" is not a phone number (${phoneRejectionTexts[parsed.reason]})`)
}

interface Problem {
  pointer: string
  message: string
}

/** The problems, one for each field. */
function problemsOf(body: unknown): Problem[] {
  const problems = new Map<string, Problem>()
  for (const error of Value.Errors(ProgramFile, body)) {
    const problem = mostSpecific(error)
    if (!problems.has(problem.pointer)) problems.set(problem.pointer, problem)
  }
  return [...problems.values()]
}

/** For a value that fits no member of a union: the problem with the member that its `type` names. */
function mostSpecific(error: ValueError): Problem {
  const members = error.errors.map((errors) => [...errors])
  const meant = members.find((errors) => !errors.some(isAboutType))
  if (meant?.[0]) return mostSpecific(meant[0])
  const types = members.flatMap((errors) => errors.filter(isAboutType).map(({ schema }) => schema.const))
  const known = [...new Set(types.filter((type) => typeof type === 'string'))]
  if (known.length > 0) return { pointer: `${error.path}/type`, message: `must be one of ${known.join(', ')}` }
  return { pointer: error.path, message: wordsOf(error.message) }
}

function isAboutType(error: ValueError): boolean {
  return error.path.endsWith('/type')
}

function wordsOf(message: string): string {
  if (message === 'Expected required property') return 'is required'
  if (message === 'Unexpected property') return 'is not a known field'
  return `is not valid: ${message.toLowerCase()}`
}
