import type { CompiledPauseWindows } from './pause-windows.ts'

/** The first instant from `fromMs` on that is in no pause, if it lies before `untilMs`; else null. Epoch milliseconds. */
export function firstOpen({ windowAt }: CompiledPauseWindows, fromMs: number, untilMs = Infinity): number | null {
  const closure = windowAt(fromMs)
  // A closure holds all windows that touch it, so its end is open.
  const openAtMs = closure ? closure.endMs : fromMs
  return openAtMs === null || openAtMs >= untilMs ? null : openAtMs
}
