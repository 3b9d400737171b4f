import { type Logger, pino } from 'pino'

export type { Logger }

/** Structured logs of one service, as JSON lines on standard output. */
export function createLogger(service: string, level: string): Logger {
  return pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['req.headers.authorization', 'headers.authorization'], censor: '[hidden]' },
  })
}
