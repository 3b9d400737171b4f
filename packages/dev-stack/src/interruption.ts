/** The reason why a command was stopped before its end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exitCode: number

  constructor(reason: string, exitCode: number) {
    super(reason)
    this.exitCode = exitCode
  }
}

const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/**
 * Aborts when the process must end: on Ctrl-C, SIGTERM, a closed terminal or pipe, or when the program that started it has ended. The
 * reason is an `Interrupted`. A second signal changes nothing: stopping has time limits of its own, and Ctrl-C arrives twice, directly and
 * through npm.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    process.on(signal, () => controller.abort(new Interrupted(signal, exitCode)))
  }
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', () => controller.abort(new Interrupted('the output was closed', 1)))
  }
  process.on('disconnect', () => controller.abort(new Interrupted('the launcher is gone', 1)))
  process.channel?.unref() // listening for the end of the channel must not keep us running
  return controller.signal
}

/** Settles as `work` does, or rejects with the signal's reason if it aborts first. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
