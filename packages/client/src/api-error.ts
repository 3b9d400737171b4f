import type { ErrorBody } from '@carillon/contracts/error-body'

/** The API refused a request, or could not serve it (contract rule 21). */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly statusCode: number
  /** Stable name, e.g. `ProgramNotFoundError`. */
  readonly error: string
  /** Quote it when you ask about the error. Empty if the answer did not come from Carillon. */
  readonly requestId: string
  /** For a `ValidationError`: `[{ pointer, message }]`. */
  readonly details: unknown

  constructor(body: ErrorBody) {
    super(body.message)
    this.statusCode = body.statusCode
    this.error = body.error
    this.requestId = body.requestId
    this.details = body.details
  }
}

/** Reads the error from an answer of status 400 or more. A proxy in front of Carillon may have answered in another form. */
export async function apiErrorOf(response: Response): Promise<ApiError> {
  const text = await response.text()
  return new ApiError(
    errorBodyIn(text) ?? {
      statusCode: response.status,
      error: 'UnexpectedAnswerError',
      message: `${response.status} ${response.statusText}`.trim(),
      requestId: response.headers.get('x-request-id') ?? '',
      details: text.slice(0, 1_000),
    },
  )
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
  return (
    typeof body === 'object' &&
    body !== null &&
    ['error', 'message', 'requestId'].every((name) => typeof Reflect.get(body, name) === 'string') &&
    typeof Reflect.get(body, 'statusCode') === 'number'
  )
}
