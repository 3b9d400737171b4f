/**
 * A signal that aborts with the caller's, or after `timeoutMs` with a `TimeoutError`. `AbortSignal.any` would be shorter, but some
 * runtimes let its timer be collected before it fires. `release` must be called at the end.
 */
export function deadline(timeoutMs: number, caller: AbortSignal | undefined): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController()
  const follow = () => controller.abort(caller?.reason)
  const timer = setTimeout(() => controller.abort(new DOMException(`No complete answer in ${timeoutMs} ms`, 'TimeoutError')), timeoutMs)
  if (caller?.aborted) follow()
  caller?.addEventListener('abort', follow, { once: true })
  const release = () => {
    clearTimeout(timer)
    caller?.removeEventListener('abort', follow)
  }
  return { signal: controller.signal, release }
}

/** Waits. Throws the signal's reason when the signal aborts. */
export function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, delayMs)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
}
