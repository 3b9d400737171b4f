import { type PauseWindows, weekdays } from '@carillon/contracts/program'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, test } from 'vitest'
import { type CompiledPauseWindows, compilePauseWindows } from './pause-windows.ts'

const day = 86_400_000
const utc = (text: string) => Date.parse(text.endsWith('Z') ? text : `${text}Z`)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace(':00.000Z', 'Z'))

/** `12:00-14:00` */
function windows(...texts: string[]) {
  return texts.map((text) => {
    const [startHour = 0, startMinute = 0, endHour = 0, endMinute = 0] = text.split(/[:-]/).map(Number)
    return { startAt: { hour: startHour, minute: startMinute }, endAt: { hour: endHour, minute: endMinute } }
  })
}

const everyDay = (...texts: string[]): PauseWindows => Object.fromEntries(weekdays.map((weekday) => [weekday, windows(...texts)]))

function closureAt(compiled: CompiledPauseWindows, instant: string) {
  const closure = compiled.windowAt(utc(instant))
  return closure === null ? null : [iso(closure.startMs), iso(closure.endMs)]
}

describe('a weekly window', () => {
  const compiled = compilePauseWindows({ monday: windows('12:00-14:00'), tuesday: windows('12:00-14:00') }, 'UTC')

  test.each<[string, boolean]>([
    ['2025-12-15T11:59:59.999', false],
    ['2025-12-15T12:00', true],
    ['2025-12-15T13:59:59.999', true],
    ['2025-12-15T14:00', false],
    ['2025-12-16T13:00', true],
    ['2025-12-17T13:00', false],
  ])('is half-open: %s is paused: %s', (instant, paused) => {
    expect(compiled.windowAt(utc(instant)) !== null).toBe(paused)
  })

  test.each([
    ['2025-12-15T11:59', '2025-12-15T12:00Z'],
    ['2025-12-15T12:00', '2025-12-16T12:00Z'],
    ['2025-12-15T13:00', '2025-12-16T12:00Z'],
    ['2025-12-16T14:00', '2025-12-22T12:00Z'],
    ['1999-01-01T00:00', '1999-01-04T12:00Z'],
  ])('after %s the next one begins at %s', (instant, start) => {
    expect(iso(compiled.nextStart(utc(instant)))).toBe(start)
  })

  test('is a wall-clock time of the time zone', () => {
    const casablanca = compilePauseWindows({ monday: windows('12:00-14:00') }, 'Africa/Casablanca')
    expect(closureAt(casablanca, '2026-01-05T11:30')).toEqual(['2026-01-05T11:00Z', '2026-01-05T13:00Z'])
  })

  test('whose end is not after its start ends on the next day', () => {
    const night = compilePauseWindows({ friday: windows('22:00-08:00') }, 'UTC')
    expect(closureAt(night, '2025-12-20T07:59')).toEqual(['2025-12-19T22:00Z', '2025-12-20T08:00Z'])
    expect(night.windowAt(utc('2025-12-19T07:59'))).toBeNull()
  })

  test('may run from Saturday into Sunday', () => {
    const night = compilePauseWindows({ saturday: windows('22:00-08:00') }, 'UTC')
    expect(closureAt(night, '2025-12-21T03:00')).toEqual(['2025-12-20T22:00Z', '2025-12-21T08:00Z'])
  })

  test('whose end equals its start lasts a day', () => {
    const sunday = compilePauseWindows({ sunday: windows('00:00-00:00') }, 'UTC')
    expect(closureAt(sunday, '2025-12-21T12:00')).toEqual(['2025-12-21T00:00Z', '2025-12-22T00:00Z'])
  })
})

describe('windows that overlap or touch are one', () => {
  test.each<[string, PauseWindows, string, [string, string]]>([
    ['overlapping', { monday: windows('12:00-14:00', '13:00-15:00') }, '2025-12-15T12:30', ['2025-12-15T12:00Z', '2025-12-15T15:00Z']],
    [
      'one inside the other',
      { monday: windows('12:00-18:00', '13:00-14:00') },
      '2025-12-15T13:30',
      ['2025-12-15T12:00Z', '2025-12-15T18:00Z'],
    ],
    [
      'touching, out of order',
      { monday: windows('14:00-15:00', '12:00-14:00') },
      '2025-12-15T12:30',
      ['2025-12-15T12:00Z', '2025-12-15T15:00Z'],
    ],
    [
      'touching at midnight',
      { monday: windows('20:00-00:00'), tuesday: windows('00:00-08:00') },
      '2025-12-15T21:00',
      ['2025-12-15T20:00Z', '2025-12-16T08:00Z'],
    ],
    [
      'a weekend and the night before Monday',
      { saturday: windows('00:00-00:00'), sunday: windows('00:00-00:00'), monday: windows('00:00-09:00') },
      '2025-12-20T12:00',
      ['2025-12-20T00:00Z', '2025-12-22T09:00Z'],
    ],
    [
      'a holiday behind a lunch break',
      { monday: windows('12:00-14:00'), advanced: [{ startAt: '2025-12-15T14:00:00Z', endAt: '2025-12-16T00:00:00Z' }] },
      '2025-12-15T12:30',
      ['2025-12-15T12:00Z', '2025-12-16T00:00Z'],
    ],
  ])('%s', (_case, given, instant, expected) => {
    expect(closureAt(compilePauseWindows(given, 'UTC'), instant)).toEqual(expected)
  })

  test('a range of months that starts and ends inside weekly windows is one closure with them', () => {
    const given: PauseWindows = {
      ...everyDay('20:00-08:00'),
      advanced: [{ startAt: '2026-01-10T22:00:00Z', endAt: '2026-07-10T23:00:00Z' }],
    }
    const expected = ['2026-01-10T20:00Z', '2026-07-11T08:00Z']
    for (const instant of ['2026-01-10T21:00', '2026-03-01T12:00', '2026-07-11T07:59']) {
      expect(closureAt(compilePauseWindows(given, 'UTC'), instant)).toEqual(expected)
    }
    const compiled = compilePauseWindows(given, 'UTC')
    expect(iso(compiled.nextStart(utc('2026-01-10T12:00')))).toBe('2026-01-10T20:00Z')
    expect(iso(compiled.nextStart(utc('2026-01-10T20:00')))).toBe('2026-07-11T20:00Z')
  })
})

describe('ranges of instants', () => {
  const compiled = compilePauseWindows(
    {
      advanced: [
        { startAt: '2025-12-25T00:00:00Z', endAt: '2025-12-26T00:00:00Z' },
        { startAt: '2025-12-31T23:00:00+01:00', endAt: '2026-01-02T00:00:00Z' },
        { startAt: '2026-02-02T00:00:00Z', endAt: '2026-02-01T00:00:00Z' },
      ],
    },
    'Africa/Casablanca',
  )

  test('pause without any weekly window', () => {
    expect(closureAt(compiled, '2025-12-25T12:00')).toEqual(['2025-12-25T00:00Z', '2025-12-26T00:00Z'])
    expect(closureAt(compiled, '2025-12-31T22:00')).toEqual(['2025-12-31T22:00Z', '2026-01-02T00:00Z'])
    expect(compiled.windowAt(utc('2025-12-27T12:00'))).toBeNull()
  })

  test('are empty if they end before they begin', () => {
    expect(compiled.windowAt(utc('2026-02-01T12:00'))).toBeNull()
  })

  test('have no next start after the last one', () => {
    expect(iso(compiled.nextStart(utc('2025-12-26T12:00')))).toBe('2025-12-31T22:00Z')
    expect(compiled.nextStart(utc('2026-01-01T00:00'))).toBeNull()
  })
})

describe('weeks without pause or without end', () => {
  test.each([[null], [{}], [{ monday: [], advanced: [] }]])('%j never pauses', (given) => {
    const compiled = compilePauseWindows(given, 'UTC')
    expect(compiled.windowAt(0)).toBeNull()
    expect(compiled.nextStart(0)).toBeNull()
  })

  test.each<[string, PauseWindows]>([
    ['whole days', everyDay('00:00-00:00')],
    ['halves', everyDay('00:00-12:00', '12:00-00:00')],
    ['days that begin at noon', everyDay('12:00-12:00')],
  ])('a week closed by %s has no end', (_case, given) => {
    const compiled = compilePauseWindows(given, 'Europe/Paris')
    expect(compiled.windowAt(0)).toEqual({ startMs: null, endMs: null })
    expect(compiled.nextStart(0)).toBeNull()
  })

  test('a week that is closed except for one minute is open in that minute', () => {
    const compiled = compilePauseWindows({ ...everyDay('00:00-00:00'), wednesday: windows('00:00-12:00', '12:01-00:00') }, 'UTC')
    expect(closureAt(compiled, '2025-12-15T00:00')).toEqual(['2025-12-10T12:01Z', '2025-12-17T12:00Z'])
    expect(iso(compiled.nextStart(utc('2025-12-17T12:00')))).toBe('2025-12-17T12:01Z')
  })

  test('a range of centuries is found without visiting each of its weeks', () => {
    const compiled = compilePauseWindows(
      { ...everyDay('12:00-13:00'), advanced: [{ startAt: '0001-01-01T00:00:00Z', endAt: '9999-12-30T12:30:00Z' }] },
      'UTC',
    )
    expect(closureAt(compiled, '2026-01-01T00:00')).toEqual(['0001-01-01T00:00Z', '9999-12-30T13:00Z'])
    expect(iso(compiled.nextStart(utc('2026-01-01T00:00')))).toBe('9999-12-31T12:00Z')
  })
})

test('an unknown time zone, an offset as a time zone, and an unreadable range are errors', () => {
  expect(() => compilePauseWindows({}, 'Mars/Olympus')).toThrow(RangeError)
  expect(() => compilePauseWindows({}, '+01:00')).toThrow(RangeError)
  expect(() => compilePauseWindows({ advanced: [{ startAt: 'x', endAt: 'y' }] }, 'UTC')).toThrow(RangeError)
})

describe('when the clocks change (contract rule 13)', () => {
  test.each<[string, string, string, string, [string, string]]>([
    // Forward: Paris skips 02:00–03:00 on 2026-03-29 (01:00Z), New York on 2026-03-08 (07:00Z), Lord Howe 02:00–02:30 on
    // 2026-10-04 (15:30Z the day before), Casablanca 02:00–03:00 on 2026-03-22 (02:00Z), Beirut midnight on 2026-03-29.
    ['Europe/Paris', 'the start is skipped', '02:30-05:00', '2026-03-29T02:00', ['2026-03-29T01:30Z', '2026-03-29T03:00Z']],
    ['Europe/Paris', 'the end is skipped', '01:00-02:30', '2026-03-29T00:30', ['2026-03-29T00:00Z', '2026-03-29T01:30Z']],
    ['Europe/Paris', 'both are skipped', '02:15-02:45', '2026-03-29T01:20', ['2026-03-29T01:15Z', '2026-03-29T01:45Z']],
    ['Europe/Paris', 'the gap lies inside', '01:00-04:00', '2026-03-29T00:30', ['2026-03-29T00:00Z', '2026-03-29T02:00Z']],
    ['Europe/Paris', 'the skipped start would pass the end', '02:30-03:15', '2026-03-29T01:05', ['2026-03-29T01:00Z', '2026-03-29T01:15Z']],
    ['Europe/Paris', 'the skipped start would be the end', '02:30-03:30', '2026-03-29T01:05', ['2026-03-29T01:00Z', '2026-03-29T01:30Z']],
    ['Europe/Paris', 'past midnight over the gap', '22:00-08:00', '2026-03-29T00:30', ['2026-03-28T21:00Z', '2026-03-29T06:00Z']],
    ['America/New_York', 'the start is skipped', '02:30-05:00', '2026-03-08T08:00', ['2026-03-08T07:30Z', '2026-03-08T09:00Z']],
    ['America/New_York', 'the end is skipped', '01:00-02:30', '2026-03-08T06:30', ['2026-03-08T06:00Z', '2026-03-08T07:30Z']],
    ['Australia/Lord_Howe', 'half an hour is skipped', '02:10-04:00', '2026-10-03T16:00', ['2026-10-03T15:40Z', '2026-10-03T17:00Z']],
    ['Africa/Casablanca', 'the end of Ramadan', '02:30-05:00', '2026-03-22T03:00', ['2026-03-22T02:30Z', '2026-03-22T04:00Z']],
    ['Asia/Beirut', 'midnight is skipped', '00:00-02:00', '2026-03-28T22:30', ['2026-03-28T22:00Z', '2026-03-28T23:00Z']],
    // Back: Paris has 02:00–03:00 twice on 2026-10-25 (01:00Z), New York 01:00–02:00 on 2026-11-01 (06:00Z), Lord Howe
    // 01:30–02:00 on 2026-04-05 (15:00Z the day before), Casablanca 02:00–03:00 on 2026-02-15 (02:00Z).
    ['Europe/Paris', 'the start is there twice', '02:30-05:00', '2026-10-25T01:00', ['2026-10-25T00:30Z', '2026-10-25T04:00Z']],
    ['Europe/Paris', 'the end is there twice', '01:00-02:30', '2026-10-25T01:00', ['2026-10-24T23:00Z', '2026-10-25T01:30Z']],
    ['Europe/Paris', 'both are there twice', '02:15-02:45', '2026-10-25T01:00', ['2026-10-25T00:15Z', '2026-10-25T01:45Z']],
    ['America/New_York', 'both are there twice', '01:15-01:45', '2026-11-01T06:00', ['2026-11-01T05:15Z', '2026-11-01T06:45Z']],
    ['Australia/Lord_Howe', 'half an hour is there twice', '01:40-03:00', '2026-04-04T15:00', ['2026-04-04T14:40Z', '2026-04-04T16:30Z']],
    ['Africa/Casablanca', 'the start of Ramadan', '01:00-02:30', '2026-02-15T01:45', ['2026-02-15T00:00Z', '2026-02-15T02:30Z']],
  ])('%s, %s: %s', (timezone, _case, window, instant, expected) => {
    expect(closureAt(compilePauseWindows(everyDay(window), timezone), instant)).toEqual(expected)
  })

  test('two windows that overlap on the clock leave no gap between them', () => {
    const compiled = compilePauseWindows(everyDay('00:00-03:10', '02:30-06:00'), 'Europe/Paris')
    expect(closureAt(compiled, '2026-03-29T00:00')).toEqual(['2026-03-28T23:00Z', '2026-03-29T04:00Z'])
  })

  test('a closure over several days is not interrupted by a clock change at midnight', () => {
    const given = { ...everyDay('00:00-00:00'), wednesday: windows('00:00-12:00', '13:00-00:00') }
    expect(closureAt(compilePauseWindows(given, 'Asia/Beirut'), '2026-03-28T21:00')).toEqual(['2026-03-25T11:00Z', '2026-04-01T09:00Z'])
  })
})

describe('random windows', () => {
  const anyTime = fc.record({ hour: fc.nat(23), minute: fc.constantFrom(0, 15, 30, 45) })
  const anyItem = fc.record({ startAt: anyTime, endAt: anyTime })
  const anyWeek = fc.array(fc.array(anyItem, { maxLength: 2 }), { minLength: weekdays.length, maxLength: weekdays.length })
  /** A quarter of an hour of 40 days, or the millisecond after it. */
  const anyMoment = fc.tuple(fc.nat(40 * 96 - 1), fc.nat(1)).map(([quarter, ms]) => quarter * 900_000 + ms)

  test.each(['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Kathmandu', 'Asia/Beirut'])(
    'in %s pause exactly when the clock shows one of their times, on days without a clock change',
    (timezone) => {
      const moments = fc.array(anyMoment, { minLength: 200, maxLength: 200 })
      fc.assert(
        fc.property(anyWeek, fc.nat(689), moments, (items, firstDay, offsets) => {
          const compiled = compilePauseWindows(
            Object.fromEntries(weekdays.map((weekday, index) => [weekday, items[index] ?? []])),
            timezone,
          )
          for (const offsetMs of offsets) {
            const instantMs = Date.UTC(2026, 0, 1) + firstDay * day + offsetMs
            if (clocksChangeNear(instantMs, timezone)) continue
            expect(compiled.windowAt(instantMs) !== null).toBe(clockShowsPause(items, instantMs, timezone))
          }
        }),
        { numRuns: 12 },
      )
    },
  )

  test.each(['Europe/Paris', 'Australia/Lord_Howe', 'Asia/Beirut'])(
    'in %s have closures and next starts that agree, also when the clocks change',
    (timezone) => {
      fc.assert(
        fc.property(anyItem, anyItem, anyItem, (monday, ...saturday) => {
          const compiled = compilePauseWindows({ ...everyDay(), monday: [monday], saturday }, timezone)
          for (let instantMs = Date.UTC(2026, 2, 1); instantMs < Date.UTC(2026, 4, 1); ) {
            const startMs = compiled.nextStart(instantMs) ?? Number.NaN
            expect(startMs).toBeGreaterThan(instantMs)
            const closure = compiled.windowAt(startMs)
            expect(closure?.startMs).toBe(startMs)
            const endMs = closure?.endMs ?? Number.NaN
            expect(compiled.windowAt(startMs - 1)).toBeNull()
            expect(compiled.windowAt(endMs)).toBeNull()
            expect(compiled.windowAt(endMs - 1)).toEqual(closure)
            instantMs = endMs
          }
        }),
        { numRuns: 12 },
      )
    },
  )
})

/** Reads the local clock and checks whether a window of today or yesterday contains this time. */
function clockShowsPause(items: ReturnType<typeof windows>[], instantMs: number, timezone: string): boolean {
  const local = DateTime.fromMillis(instantMs, { zone: timezone })
  const minute = local.hour * 60 + local.minute
  const shows = (weekday: number, minuteOfThatDay: number) =>
    (items[weekday] ?? []).some(({ startAt, endAt }) => {
      const start = startAt.hour * 60 + startAt.minute
      const end = endAt.hour * 60 + endAt.minute
      return minuteOfThatDay >= start && minuteOfThatDay < (end > start ? end : end + 1_440)
    })
  return shows(local.weekday % 7, minute) || shows((local.weekday + 6) % 7, minute + 1_440)
}

function clocksChangeNear(instantMs: number, timezone: string): boolean {
  const offset = (ms: number) => DateTime.fromMillis(ms, { zone: timezone }).offset
  return offset(instantMs - 2 * day) !== offset(instantMs + 2 * day)
}
