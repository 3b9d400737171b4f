import type { Progress } from './progress.ts'
import { logLine, type ScreenContext, screenLines } from './screen.ts'
import type { Terminal } from './terminal.ts'

/** Shows an execution while it runs. */
export interface LiveDisplay {
  show(progress: Progress): void
  /** Leaves the last picture standing; may be called more than once. */
  end(): void
}

const logIntervalMs = 5_000
const controlSequence = '\u001b['
const hideCursor = `${controlSequence}?25l`
const showCursor = `${controlSequence}?25h`
const clearDown = `${controlSequence}J`

/** In place on a terminal, else a line every five seconds. */
export function liveDisplay(out: Terminal, context: Omit<ScreenContext, 'color'>): LiveDisplay {
  return out.isTTY ? inPlace(out, context) : asLog(out, context)
}

function inPlace(out: Terminal, context: Omit<ScreenContext, 'color'>): LiveDisplay {
  const color = out.hasColors?.() === true && !process.env.NO_COLOR
  let drawn = 0
  return {
    show(progress) {
      // One column stays free: a terminal that wraps at the last one would shift the picture.
      const lines = screenLines(progress, { ...context, color }, Math.max(20, (out.columns ?? 80) - 1))
      const back = drawn > 0 ? `${controlSequence}${drawn}A\r` : hideCursor
      out.write(`${back}${lines.map((line) => `${line}${controlSequence}K\n`).join('')}${clearDown}`)
      drawn = lines.length
    },
    end() {
      if (drawn > 0) out.write(showCursor)
      drawn = 0
    },
  }
}

function asLog(out: Terminal, context: Omit<ScreenContext, 'color'>): LiveDisplay {
  let lastMs = Number.NEGATIVE_INFINITY
  let lastShown: Progress | null = null
  let lastSeen: Progress | null = null
  const write = (progress: Progress) => {
    out.write(`${logLine(progress, { ...context, color: false })}\n`)
    lastShown = progress
  }
  return {
    show(progress) {
      lastSeen = progress
      if (progress.latest.realMs - lastMs < logIntervalMs) return
      lastMs = progress.latest.realMs
      write(progress)
    },
    end() {
      if (lastSeen && lastSeen !== lastShown) write(lastSeen)
    },
  }
}
