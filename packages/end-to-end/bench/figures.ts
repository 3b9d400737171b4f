import { table } from '@carillon/dev-stack/start/table'
import type { CallsFigures } from './calls.ts'
import type { ProfileSummary } from './cpu-profiles.ts'
import type { LaunchFigures } from './launch.ts'
import type { Usage } from './process-usage.ts'

/** The targets on a machine with two cores. */
const aims = { callsPerSecond: 1_500, serviceBytes: 300e6, launchSeconds: 30 }
const servers = ['postgres', 'nats', 'redis']

/** A table under its title. */
function titled(title: string, parts: Parameters<typeof table>[0]): string[] {
  return ['', title, '', ...table(parts)]
}

const left = (header: string) => ({ header })
const right = (header: string) => ({ header, align: 'right' as const })

export function callsTables({ calls, seconds, eventsPerCall, usage }: CallsFigures, cores: number): string[] {
  const cpuSeconds = usage.reduce((sum, one) => sum + one.cpuSeconds, 0)
  const rows = [
    ['last call ended', fixed(seconds.lastCallEnded, 1), perSecond(calls, seconds.lastCallEnded)],
    ['every call in the report', fixed(seconds.reported, 1), perSecond(calls, seconds.reported)],
    ['every call billed', fixed(seconds.billed, 1), perSecond(calls, seconds.billed), `${aims.callsPerSecond} or more`],
  ]
  return [
    ...titled(`${calls} calls of ${fixed(eventsPerCall, 2)} events, counted from the launch's answer`, {
      columns: [left('until'), right('seconds'), right('calls/s'), right('aim')],
      rows,
    }),
    '',
    `Were nobody else on its ${cores} cores, the machine could do ${perSecond(calls, cpuSeconds / cores)} calls/s at this cost of a call.`,
    ...usageTable('Processes meanwhile', usage, seconds.billed, { cores, calls }),
  ]
}

export function launchTables({ contacts, import: imported, launch, cancel }: LaunchFigures): string[] {
  return [
    ...titled(`An audience of ${contacts}`, {
      columns: [left('step'), right('seconds'), right('contacts/s'), right('aim')],
      rows: [
        ['import as CSV', fixed(imported.seconds, 1), perSecond(contacts, imported.seconds)],
        ['launch', fixed(launch.seconds, 1), perSecond(contacts, launch.seconds), `under ${aims.launchSeconds} s`],
        ['cancel, until answered', fixed(cancel.seconds, 1)],
      ],
    }),
    ...usageTable('Processes during the import', imported.usage, imported.seconds),
    ...usageTable('Processes during the launch', launch.usage, launch.seconds),
  ]
}

/** `share` is of the whole machine. */
function usageTable(title: string, usage: readonly Usage[], seconds: number, per?: { cores: number; calls: number }): string[] {
  const cpuSeconds = usage.reduce((sum, one) => sum + one.cpuSeconds, 0)
  const cells = (name: string, cpu: number, memory: string, aim: string) => [
    name,
    fixed(cpu, 1),
    `${fixed((cpu / seconds) * 100, 0)} %`,
    ...(per ? [`${fixed((cpu / seconds / per.cores) * 100, 0)} %`, fixed((cpu / per.calls) * 1e6, 0)] : []),
    memory,
    aim,
  ]
  return titled(title, {
    columns: [
      left('process'),
      right('CPU s'),
      right('of a core'),
      ...(per ? [right(`of ${per.cores} cores`), right('µs a call')] : []),
      right('peak MB'),
      right('aim'),
    ],
    rows: usage.map(({ name, cpuSeconds: cpu, peakBytes }) =>
      cells(name, cpu, fixed(peakBytes / 1e6, 0), servers.includes(name) ? '' : `under ${aims.serviceBytes / 1e6}`),
    ),
    total: cells('all', cpuSeconds, '', ''),
  })
}

export function profileTables(summaries: readonly ProfileSummary[]): string[] {
  return summaries.flatMap(({ service, top }) =>
    titled(`${service}: where its time went, from its start to its end`, {
      columns: [right('self'), left('where')],
      rows: top.map(({ share, where }) => [`${fixed(share * 100, 1)} %`, where]),
    }),
  )
}

const perSecond = (count: number, seconds: number) => fixed(count / seconds, 0)
const fixed = (value: number, decimals: number) => value.toFixed(decimals)
