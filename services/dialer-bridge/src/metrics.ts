import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** The bridge's own metrics. */
export interface BridgeMetrics {
  ordersTaken: Counter
  ordersExpired: Counter
  ordersSuppressed: Counter
  ordersDuplicate: Counter
  ordersPostponed: Counter
  ordersWaiting: Counter
  ordersDead: Counter
  originates: Counter
  originatesRefused: Counter
  callsEnded: Counter<'outcome'>
  callsLost: Counter
  callsFenced: Counter
  groupCommitEvents: Histogram
  groupCommitFailures: Counter
}

/** `read` is called when the metrics are read. */
export function bridgeMetrics(registry: Registry, read: { callsInProgress(): number; unwrittenEvents(): number }): BridgeMetrics {
  const registers = [registry]
  const counter = (name: string, help: string) => new Counter({ name, help, registers })
  gauge('calls_in_progress', 'Calls that this bridge runs', registers, read.callsInProgress)
  gauge('call_log_pending_events', 'Events of calls that are not committed yet', registers, read.unwrittenEvents)
  return {
    ordersTaken: counter('dial_orders_total', 'Orders taken from the work queue, duplicates included'),
    ordersExpired: counter('dial_orders_expired_total', 'Orders that came too late to be dialed'),
    ordersSuppressed: counter('dial_orders_suppressed_total', 'Orders whose number was in the do-not-call list'),
    ordersDuplicate: counter('dial_orders_duplicate_total', 'Orders that the journal already held'),
    ordersPostponed: counter(
      'dial_orders_postponed_total',
      'Orders whose flow could not be loaded, whose number could not be looked up in the do-not-call list, or that the carrier could not place: they come again',
    ),
    ordersWaiting: counter('dial_orders_waiting_total', 'Orders given back because their number had a call under way: they come again'),
    ordersDead: counter('dial_orders_dead_total', 'Orders that could not be read or journaled and were set aside'),
    originates: counter('originates_total', 'Calls that the carrier was asked for'),
    originatesRefused: counter('originates_refused_total', 'Calls that the carrier refused when asked'),
    callsEnded: new Counter({ name: 'calls_ended_total', help: 'Calls that ended', labelNames: ['outcome'], registers }),
    callsLost: counter('calls_lost_total', 'Calls of dead bridges that this bridge ended'),
    callsFenced: counter('calls_fenced_total', 'Calls of this bridge that another bridge had taken over'),
    groupCommitEvents: new Histogram({
      name: 'group_commit_events',
      help: 'Events of calls written by one transaction',
      buckets: [1, 10, 50, 100, 250, 500, 1000, 2500, 5000],
      registers,
    }),
    groupCommitFailures: counter('group_commit_failures_total', 'Group commits that failed and were tried again'),
  }
}

function gauge(name: string, help: string, registers: Registry[], read: () => number) {
  new Gauge({
    name,
    help,
    registers,
    collect() {
      this.set(read())
    },
  })
}
