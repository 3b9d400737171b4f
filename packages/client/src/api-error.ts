import type { ErrorBody, FieldProblem } from './contract.ts'
import type { ApiErrorName } from './error-names.ts'

export type { ApiErrorName } from './error-names.ts'

/** The errors whose `details` list the fields at fault. */
interface DetailsByName {
  ValidationError: readonly FieldProblem[]
  DidNotAccessibleError: readonly FieldProblem[]
  DidNotActiveError: readonly FieldProblem[]
}

const namesWithFieldProblems: Record<keyof DetailsByName, true> = {
  ValidationError: true,
  DidNotAccessibleError: true,
  DidNotActiveError: true,
}

/** An error of a known name, with the `details` that this name has. */
export type ApiErrorNamed<Name extends ApiErrorName> = Name extends ApiErrorName
  ? ApiError & { readonly error: Name; readonly details: Name extends keyof DetailsByName ? DetailsByName[Name] : unknown }
  : never

/** The API refused a request, or could not serve it (contract rule 21). */
export class ApiError extends Error {
  override readonly name: string = 'ApiError'
  /** The HTTP status. */
  readonly statusCode: number
  /** A stable name, e.g. `ProgramNotFoundError`. A newer API may send names that this client does not know. */
  readonly error: ApiErrorName | (string & {})
  /** Quote it when you ask about the error. Empty if the answer did not come from Carillon. */
  readonly requestId: string
  /** The fields at fault for the errors that name fields; see `isApiError`. For an `UnexpectedAnswerError` the first characters of the answer. */
  readonly details: unknown
  /** How long the API asks to wait before the next try (`Retry-After`). */
  readonly retryAfterMs: number | undefined

  constructor(body: Omit<ErrorBody, 'details'> & { details?: unknown }, retryAfterMs?: number) {
    super(body.message)
    this.statusCode = body.statusCode
    this.error = body.error
    this.requestId = body.requestId
    this.details = body.error in namesWithFieldProblems ? fieldProblemsIn(body.details) : body.details
    this.retryAfterMs = retryAfterMs
  }
}

/** Whether this is an error of the API, and one of these names if some are given. */
export function isApiError(error: unknown): error is ApiError
export function isApiError<Name extends ApiErrorName>(error: unknown, ...names: Name[]): error is ApiErrorNamed<Name>
export function isApiError(error: unknown, ...names: string[]): boolean {
  return error instanceof ApiError && (names.length === 0 || names.includes(error.error))
}

/** Reads the error from an answer. A proxy in front of Carillon may have answered in another form. */
export function apiErrorOf(response: Response, text: string, nowMs: number): ApiError {
  const unexpected = {
    statusCode: response.status,
    error: 'UnexpectedAnswerError',
    message: `${response.status} ${response.statusText}`.trim(),
    requestId: response.headers.get('x-request-id') ?? '',
    details: text.slice(0, 1_000),
  }
  const body = response.ok ? null : errorBodyIn(text)
  return new ApiError(body ?? unexpected, retryAfterMsIn(response.headers.get('retry-after'), nowMs))
}

/** `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMsIn(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined
  const waitMs = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs)
}

function errorBodyIn(text: string): ErrorBody | null {
  try {
    const body: unknown = JSON.parse(text)
    return isErrorBody(body) ? body : null
  } catch {
    return null
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  return hasTexts(body, ['error', 'message', 'requestId']) && typeof Reflect.get(body, 'statusCode') === 'number'
}

function fieldProblemsIn(details: unknown): FieldProblem[] {
  const isProblem = (problem: unknown): problem is FieldProblem => hasTexts(problem, ['pointer', 'message'])
  return Array.isArray(details) ? details.filter(isProblem) : []
}

function hasTexts(value: unknown, names: readonly string[]): value is object {
  return typeof value === 'object' && value !== null && names.every((name) => typeof Reflect.get(value, name) === 'string')
}
