import type { CompiledPauseWindows } from '@carillon/calling-time/pause-windows'
import type { ContactMetrics } from '@carillon/contracts/report'
import { count, duration, percent, rate, roundCredits, wallClock, wallTime } from './figures.ts'
import { callRates, type Progress, timeLeftMs } from './progress.ts'

/** What stays the same while an execution is shown. */
export interface ScreenContext {
  title: string
  speed: number
  timezone: string
  windows: CompiledPauseWindows
  color: boolean
  /** The run was interrupted: the state that the API gave last no longer holds. */
  interrupted: boolean
}

type Color = 'green' | 'red' | 'cyan' | 'yellow' | 'dim' | 'bold'
const colorCodes: Record<Color, number> = { green: 32, red: 31, cyan: 36, yellow: 33, dim: 2, bold: 1 }

/** The groups of contacts in the bar, in its order. */
const segments: { label: string; count: (contacts: ContactMetrics) => number; color: Color; glyph: string }[] = [
  { label: 'completed', count: ({ completed }) => completed, color: 'green', glyph: '█' },
  { label: 'failed', count: ({ failed }) => failed, color: 'red', glyph: '▓' },
  { label: 'skipped', count: ({ skipped }) => skipped, color: 'dim', glyph: '╌' },
  { label: 'calling', count: ({ queued, calling }) => queued + calling, color: 'cyan', glyph: '▒' },
  { label: 'to retry', count: ({ pendingRetry }) => pendingRetry, color: 'yellow', glyph: '░' },
  { label: 'pending', count: ({ pending }) => pending, color: 'dim', glyph: '·' },
]

/** The execution in a few lines that fit the width, for a terminal that redraws them in place. */
export function screenLines(progress: Progress, context: ScreenContext, width: number): string[] {
  const { report, nowMs, balance } = progress.latest
  const { contactMetrics: contacts, callMetrics: calls, billingMetrics: billing } = report
  const paint = painter(context.color)
  const clock = wallClock(nowMs, context.timezone)
  const legend = segments.flatMap((segment) => {
    const value = segment.count(contacts)
    return segment.label === 'skipped' && value === 0 ? [] : [[paint(segment.color, segment.glyph), segment.label, count(value)].join(' ')]
  })
  const left = timeLeft(progress, context)
  const parts = [
    [paint('bold', context.title), state(progress, context)],
    context.speed === 1 ? [clock, context.timezone] : [`platform time ${clock}`, context.timezone, `${context.speed} × real time`],
    [bar(contacts, Math.max(10, width - 8), paint), paint('bold', `${finishedPercent(contacts)} %`)],
    legend,
    [`calls ${count(calls.totalCalls)}`, rates(progress, context.speed), `answer rate ${percent(calls.answerRate)}`],
    [`credits used ${roundCredits(billing.totalCreditsUsed)}`, `balance ${roundCredits(balance)}`, ...(left === '' ? [] : [left])],
  ]
  return parts.map((cells, index) => fit(cells, index === 2 ? ' ' : '   ', width))
}

/** The same in one line, for a log. */
export function logLine(progress: Progress, context: ScreenContext): string {
  const { report, nowMs, balance } = progress.latest
  const { contactMetrics: contacts, callMetrics: calls, billingMetrics: billing } = report
  const byStatus = segments
    .map((segment) => [segment.label, segment.count(contacts)] as const)
    .filter(([label, value]) => label !== 'skipped' || value > 0)
    .map(([label, value]) => `${label} ${count(value)}`)
    .join(', ')
  const parts = [
    `${context.speed === 1 ? '' : 'platform time '}${wallClock(nowMs, context.timezone)}`,
    `${finishedPercent(contacts)} %`,
    byStatus,
    `calls ${count(calls.totalCalls)}, ${rates(progress, context.speed)}, answer rate ${percent(calls.answerRate)}`,
    `credits used ${roundCredits(billing.totalCreditsUsed)}, balance ${roundCredits(balance)}`,
    state(progress, context),
    timeLeft(progress, context),
  ]
  return parts.filter((part) => part !== '').join(' | ')
}

function state({ latest: { report, nowMs } }: Progress, { timezone, windows, interrupted }: ScreenContext): string {
  if (interrupted) return 'interrupted'
  switch (report.effectiveStatus) {
    case 'paused_window': {
      const untilMs = windows.windowAt(nowMs)?.endMs
      return untilMs == null ? 'in a pause window' : `in a pause window until ${wallTime(untilMs, nowMs, timezone)}`
    }
    case 'scheduled':
      return `starts at ${wallTime(Date.parse(report.scheduledStartAt), nowMs, timezone)}`
    case 'paused_manual':
      return 'paused'
    case 'paused_no_credits':
      return 'paused: no credits left'
    case 'paused_threshold':
      return 'paused by a threshold'
    case 'running':
      return report.contactMetrics.pendingRetry > 0 && report.contactMetrics.pending + inProgress(report.contactMetrics) === 0
        ? 'waiting for retries to fall due'
        : 'running'
    default:
      return report.effectiveStatus
  }
}

function timeLeft(progress: Progress, { windows, speed, interrupted }: ScreenContext): string {
  const leftMs = interrupted ? null : timeLeftMs(progress, windows)
  if (leftMs === null || leftMs === 0) return ''
  return `about ${duration(Math.max(1_000, leftMs / speed))}${speed === 1 ? '' : ' of real time'} left`
}

function rates(progress: Progress, speed: number): string {
  const { perSecond, perRealSecond } = callRates(progress)
  return speed === 1 ? `${rate(perSecond)} calls/s` : `${rate(perSecond)} calls/s (${rate(perRealSecond)} a real second)`
}

function inProgress({ queued, calling }: ContactMetrics): number {
  return queued + calling
}

/** Rounded down, so that 100 means that all are done. */
function finishedPercent({ totalContacts, completed, failed, skipped }: ContactMetrics): number {
  return totalContacts === 0 ? 0 : Math.floor(((completed + failed + skipped) / totalContacts) * 100)
}

/** Every segment ends where its share of all contacts ends, rounded: the bar is full at every instant. */
function bar(contacts: ContactMetrics, width: number, paint: Painter): string {
  let before = 0
  let drawn = 0
  return segments
    .map(({ count: of, color, glyph }) => {
      before += of(contacts)
      const end = contacts.totalContacts === 0 ? 0 : Math.round((before / contacts.totalContacts) * width)
      const part = glyph.repeat(end - drawn)
      drawn = end
      return part === '' ? '' : paint(color, part)
    })
    .join('')
}

type Painter = (color: Color, text: string) => string

function painter(isColored: boolean): Painter {
  return (color, text) => (isColored ? `\u001b[${colorCodes[color]}m${text}\u001b[0m` : text)
}

/** As many cells as fit. A cell is never cut, because it may hold color codes. */
function fit(cells: string[], separator: string, width: number): string {
  let line = ''
  for (const cell of cells) {
    const longer = line === '' ? cell : line + separator + cell
    if (visibleWidth(longer) > width) break
    line = longer
  }
  return line
}

const colorSequences = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')

function visibleWidth(text: string): number {
  return text.replace(colorSequences, '').length
}
