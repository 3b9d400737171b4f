interface ApiError {
  status: number
  /** A message as an answer may have it. Clients show it, and decide by the name. */
  message: string
}

/** Every error that an answer may name (contract rule 21), with its HTTP status. The OpenAPI document makes its examples of errors from it. */
export const apiErrors = {
  ApiKeyConfiguredError: { status: 409, message: 'This key comes from the configuration (PLATFORM_API_KEY). Change it there' },
  ApiKeyNotFoundError: { status: 404, message: 'API key not found' },
  AudienceEmptyError: { status: 400, message: 'Audience has no contacts' },
  AudienceInUseError: { status: 409, message: 'A program calls this audience; delete the program first' },
  AudienceNotFoundError: { status: 404, message: 'There is no audience 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  BadRequestException: { status: 400, message: 'Program is not in live mode' },
  ContactAlreadyExistsError: { status: 409, message: 'A contact with the number +212612345678 already exists' },
  ContactInCallError: { status: 409, message: 'The contact is being called, or is done: it is calling' },
  ContactNotFoundError: { status: 404, message: 'There is no contact 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  CustomAttributeAlreadyExistsError: { status: 409, message: 'The custom attribute credit already exists' },
  CustomAttributeInUseError: { status: 409, message: 'A live program calls contacts by this date; delete the program first' },
  CustomAttributeNotFoundError: { status: 404, message: 'There is no custom attribute 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  DidAlreadyExistsError: { status: 409, message: 'The DID +212520000001 already exists' },
  DidNotAccessibleError: { status: 400, message: 'DID 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e is not available to this organization' },
  DidNotActiveError: { status: 400, message: 'DID 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e is not active' },
  DidNotFoundError: { status: 404, message: 'There is no DID 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  DncEntryNotFoundError: { status: 404, message: 'There is no entry of the do-not-call list 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  EmptyDidPoolError: { status: 400, message: 'The pool has no active DID' },
  ExecutionAlreadyRunningError: { status: 400, message: 'Program already has a running execution' },
  ExecutionNotFoundError: { status: 404, message: 'Execution not found' },
  FlowInUseError: { status: 409, message: 'A program runs this flow; delete the program first' },
  FlowNotFoundError: { status: 404, message: 'There is no flow 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  ForbiddenError: { status: 403, message: 'This needs the role admin' },
  HeadersTooLargeError: { status: 431, message: 'The headers of the request are too large' },
  IdempotencyConflictError: { status: 409, message: 'This Idempotency-Key was used with another request' },
  ImportNotFoundError: { status: 404, message: 'There is no import 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  InsufficientCreditsError: { status: 402, message: 'The organization has no credits' },
  InternalServerError: { status: 500, message: 'Something went wrong on our side' },
  InvalidExecutionStateError: { status: 400, message: 'Execution is not in running state: it is paused' },
  JobEndedError: { status: 409, message: 'The job has ended already' },
  JobNotFoundError: { status: 404, message: 'Job not found' },
  MethodNotAllowedError: { status: 405, message: 'This path does not take PUT; it takes GET, PATCH, DELETE' },
  NotFoundException: { status: 404, message: 'Execution not found' },
  OrganizationNotFoundError: { status: 404, message: 'Organization not found' },
  PayloadTooLargeError: { status: 413, message: 'The body is too large; at most 1048576 bytes are taken' },
  ProgramNotFoundError: { status: 404, message: 'There is no program 0199c4e2-8a64-7cc1-9d0e-5f0b7a1c2d3e' },
  ProgramStatusConflictError: { status: 409, message: 'An execution of the program has not ended yet; cancel it first' },
  RequestTimeoutError: { status: 408, message: 'The request did not arrive in time' },
  ServiceUnavailableError: { status: 503, message: 'Try again in a moment' },
  TestModeForbiddenError: { status: 403, message: 'A request in test mode cannot change what is live' },
  TooManyRequestsError: { status: 429, message: 'Too many requests. Try again in 12 seconds' },
  UnauthorizedError: { status: 401, message: 'Missing or invalid credentials' },
  UnsupportedMediaTypeError: { status: 415, message: 'The content-type text/plain is not supported; send application/json' },
  UploadInterruptedError: { status: 400, message: 'The upload was interrupted' },
  ValidationError: { status: 400, message: 'limit must be at most 1000' },
} as const satisfies Record<string, ApiError>

export type ApiErrorName = keyof typeof apiErrors

export function isApiErrorName(name: string): name is ApiErrorName {
  return Object.hasOwn(apiErrors, name)
}

/** The errors that a route may answer with: each name with the case that raises it. */
export type RaisedErrors = Partial<Record<ApiErrorName, string>>
