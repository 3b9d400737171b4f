/** Thrown out of a command that was told to end before it was done. */
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
 * Aborts when the process is told to end: by Ctrl-C, SIGTERM, a closed terminal or pipe, or when the program that started it is gone. The
 * reason is an `Interrupted`. A signal that comes again changes nothing: stopping has time limits of its own, and a terminal's Ctrl-C reaches us more
 * than once (directly, and passed on by npm).
 */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const [signal, exitCode] of Object.entries(exitCodes)) {
    process.on(signal, () => controller.abort(new Interrupted(signal, exitCode)))
  }
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', () => controller.abort(new Interrupted('nobody reads the output any more', 1)))
  }
  process.on('disconnect', () => controller.abort(new Interrupted('the launcher is gone', 1)))
  process.channel?.unref() // listening for the end of the channel must not keep us running
  return controller.signal
}

/** Rejects with the signal's reason once it aborts; settles as `work` does before. */
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
