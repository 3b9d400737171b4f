import { stripVTControlCharacters } from 'node:util'
import type { Progress } from './progress.ts'
import { logLine, type ScreenContext, screenLines } from './screen.ts'
import type { Terminal } from './terminal.ts'

/** Shows an execution while it runs. */
export interface LiveDisplay {
  show(progress: Progress): void
  /** Prints where the execution is for the last time; `interrupted` when it has not ended. May be called more than once. */
  end(interrupted: boolean): void
}

export type DisplayContext = Omit<ScreenContext, 'color' | 'interrupted'>

const logIntervalMs = 5_000
const controlSequence = '\u001b['
const hideCursor = `${controlSequence}?25l`
const showCursor = `${controlSequence}?25h`
const toTop = `${controlSequence}H`
const clearLine = `${controlSequence}K`
const clearDown = `${controlSequence}J`
/** The terminal's second screen has no history and does not rewrap its lines, so a resize leaves nothing behind. */
const enterSecondScreen = `${controlSequence}?1049h`
const leaveSecondScreen = `${controlSequence}?1049l`

/** In place on a terminal, else a line every five seconds. `footer` stands below the picture. */
export function liveDisplay(out: Terminal, context: DisplayContext, footer: readonly string[]): LiveDisplay {
  return out.isTTY && process.env.TERM !== 'dumb' ? inPlace(out, context, footer) : asLog(out, context)
}

function inPlace(out: Terminal, context: DisplayContext, footer: readonly string[]): LiveDisplay {
  const color = out.hasColors?.() === true && !process.env.NO_COLOR
  let last: Progress | null = null
  let hasEnded = false
  const picture = (progress: Progress, interrupted: boolean) =>
    // One column stays free: a terminal that wraps at the last one would shift the picture.
    screenLines(progress, { ...context, color, interrupted }, Math.max(20, (out.columns ?? 80) - 1))
  const draw = () => {
    if (!last) return
    const fitting = fittingLines([...picture(last, false), '', ...footer], out)
    out.write(`${toTop}${fitting.map((line) => `${line}${clearLine}\n`).join('')}${clearDown}`)
  }
  out.on?.('resize', draw)
  return {
    show(progress) {
      if (hasEnded) return
      if (!last) out.write(`${enterSecondScreen}${hideCursor}`)
      last = progress
      draw()
    },
    end(interrupted) {
      if (hasEnded) return
      hasEnded = true
      out.off?.('resize', draw)
      if (!last) return
      const lines = picture(last, interrupted)
      out.write(`${leaveSecondScreen}${showCursor}${lines.map((line) => `${line}\n`).join('')}`)
    },
  }
}

/** As many lines as the window has rows for. A line of the footer that is too long is wrapped by the terminal, so that it can be copied whole. */
function fittingLines(lines: readonly string[], { columns = 80, rows = 24 }: Terminal): string[] {
  let used = 0
  return lines.filter((line) => {
    used += Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns))
    return used < rows
  })
}

function asLog(out: Terminal, context: DisplayContext): LiveDisplay {
  let lastMs = Number.NEGATIVE_INFINITY
  let lastShown: Progress | null = null
  let lastSeen: Progress | null = null
  const write = (progress: Progress, interrupted: boolean) => {
    out.write(`${logLine(progress, { ...context, color: false, interrupted })}\n`)
    lastShown = progress
  }
  return {
    show(progress) {
      lastSeen = progress
      if (progress.latest.realMs - lastMs < logIntervalMs) return
      lastMs = progress.latest.realMs
      write(progress, false)
    },
    end(interrupted) {
      if (lastSeen && (interrupted || lastSeen !== lastShown)) write(lastSeen, interrupted)
      lastSeen = null
    },
  }
}
