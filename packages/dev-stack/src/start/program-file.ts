import { isTimezone } from '@carillon/calling-time/timezone'
import { CreateProgramRequest } from '@carillon/contracts/program'
import '@carillon/service-kit/process/formats'
import { parsePhoneNumber, phoneRejectionTexts } from '@carillon/telephony/phone-number'
import { type Static, Type } from '@sinclair/typebox'
import { Value, type ValueError } from '@sinclair/typebox/value'
import { readJsonFile } from './json-file.ts'
import { type Problem, refusedContent, refusedFile } from './refusal.ts'

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
  const problems = [...schemaProblems(body), ...valueProblems(body, country)]
  if (problems.length > 0) throw refusedContent(path, 'not a valid program', problems)
  const program = Value.Decode(ProgramFile, body)
  return program.didPool ? { ...program, didPool: program.didPool.map((number) => numberOf(number, country)) } : program
}

function numberOf(text: string, country: string): string {
  const parsed = parsePhoneNumber(text, country)
  if (!parsed.ok) throw new Error(`"${text}" was accepted as a phone number before`)
  return parsed.number
}

/** What the schema cannot say. Fields of another type than the schema's are its business. */
function valueProblems({ mode, timezone, didPool }: Record<string, unknown>, country: string): Problem[] {
  const problems: Problem[] = []
  if (mode === 'live') problems.push({ pointer: '/mode', message: 'live programs have no contacts to start with' })
  if (typeof timezone === 'string' && !isTimezone(timezone)) {
    problems.push({ pointer: '/timezone', message: `"${timezone}" is not an IANA time zone` })
  }
  for (const [index, did] of (Array.isArray(didPool) ? didPool : []).entries()) {
    const parsed = typeof did === 'string' ? parsePhoneNumber(did, country) : null
    if (!parsed || parsed.ok) continue
    problems.push({
      pointer: `/didPool/${index}`,
      message: `"${String(did)}" is not a phone number (${phoneRejectionTexts[parsed.reason]})`,
    })
  }
  return problems
}

/** The problems, one for each field. */
function schemaProblems(body: unknown): Problem[] {
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
