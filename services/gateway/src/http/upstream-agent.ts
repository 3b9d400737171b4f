import { Agent, type Dispatcher } from 'undici'

interface UpstreamAgentOptions {
  /** The longest time until the first byte of an answer, and between two parts of it. */
  timeoutMs: number
  /** How long a service may refuse connections, as while it restarts, before requests to it fail at once. */
  restartMs: number
}

/** Shorter than services keep an idle connection open: a connection is not used when they may be closing it. */
const idleMs = 1_000

/**
 * Connections to the services. A request whose connection was refused has not reached the service, whatever its method: it is sent again until
 * the service listens. The time counts from the first refusal, not from the request, so that requests do not pile up behind a service that stays away.
 */
export function upstreamAgent({ timeoutMs, restartMs }: UpstreamAgentOptions): Dispatcher {
  const agent = new Agent({
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: 5_000 },
    keepAliveTimeout: idleMs,
    keepAliveMaxTimeout: idleMs,
  })
  return agent.compose(untilItListens(restartMs))
}

function untilItListens(restartMs: number): Dispatcher.DispatcherComposeInterceptor {
  const refusingSinceMs = new Map<string, number>()
  return (dispatch) => (options, handler) => {
    const origin = String(options.origin)
    let attempts = 0
    const attempt: Dispatcher.DispatchHandler = {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart(...answer) {
        refusingSinceMs.delete(origin)
        handler.onResponseStart?.(...answer)
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
      onResponseError(controller, error) {
        if (!isRefused(error)) return handler.onResponseError?.(controller, error)
        const sinceMs = refusingSinceMs.get(origin) ?? performance.now()
        refusingSinceMs.set(origin, sinceMs)
        if (performance.now() - sinceMs >= restartMs || isGone(options.body)) return handler.onResponseError?.(controller, error)
        attempts += 1
        setTimeout(() => {
          if (isGone(options.body)) handler.onResponseError?.(controller, error)
          else dispatch(options, attempt)
        }, pauseMs(attempts))
      },
    }
    return dispatch(options, attempt)
  }
}

/** 40, 80, 160, then 250 milliseconds. */
function pauseMs(attempts: number): number {
  return Math.min(20 * 2 ** attempts, 250)
}

/**
 * Whether no connection came about, so that nothing was sent. A listener that closes resets the connections that it has not accepted yet. A name with
 * several addresses has one error for each.
 */
function isRefused(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.every((each) => isRefused(each))
  const { code, syscall } = error as NodeJS.ErrnoException
  return syscall === 'connect' && (code === 'ECONNREFUSED' || code === 'ECONNRESET')
}

/** The client went away while its request waited. */
function isGone(body: Dispatcher.DispatchOptions['body']): boolean {
  return typeof body === 'object' && body !== null && 'destroyed' in body && body.destroyed === true
}
