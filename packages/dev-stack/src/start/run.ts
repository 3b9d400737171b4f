import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { compilePauseWindows } from '@carillon/calling-time/pause-windows'
import { type Client, createClient } from '@carillon/client/client'
import { type Clock, virtualNow } from '../clock.ts'
import type { Installation } from '../installation.ts'
import { unlessAborted } from '../interruption.ts'
import { step } from '../step.ts'
import { type Campaign, launchCampaign, prepareCampaign } from './campaign.ts'
import { duration } from './figures.ts'
import { finalReport } from './final-report.ts'
import { liveDisplay } from './live-display.ts'
import { actingFor, creditsFor, keepCredits, type OrganizationAccess, openOrganization } from './organization.ts'
import type { Plan } from './plan.ts'
import { writeResult } from './result-file.ts'
import { sayTo, type Terminal } from './terminal.ts'
import { cancelProgram, type RunRecord, runRecord } from './unfinished-run.ts'
import { readReports, watchExecution } from './watch.ts'

export interface RunContext {
  installation: Pick<Installation, 'dataDir' | 'secrets'> & { clock: Clock }
  gatewayUrl: string
  out: Terminal
  /** Ends the run, and what it has launched, when it aborts. */
  ending: AbortSignal
}

/** The execution of a finished run, and keys to ask the API about it. */
export interface FinishedRun {
  access: OrganizationAccess
  executionId: string
}

/** Columns of an output that is not a terminal. */
const defaultWidth = 120
const hourMs = 3_600_000
const cancelTimeoutMs = 3_000

/** Creates what the plan contains through the public API, launches it, shows it until it has ended, and prints the report. */
export async function runPlan(plan: Plan, context: RunContext): Promise<FinishedRun> {
  const { installation, gatewayUrl, out, ending } = context
  const { secrets, clock, dataDir } = installation
  const record = runRecord(dataDir)
  await unlessAborted(ending, cancelLeftover(record, context))

  const opening = openOrganization(gatewayUrl, plan, { secrets, secretsPath: join(dataDir, 'secrets.json') })
  const access = await unlessAborted(ending, opening)
  const { organizationId, apiKey } = access
  const client = createClient({ baseUrl: gatewayUrl, apiKey })
  step(`contacts: importing ${basename(plan.contactsPath)}`)
  const campaign = await unlessAborted(ending, prepareCampaign(client, plan, virtualNow(clock, Date.now())))

  await unlessAborted(ending, keepCredits(actingFor(gatewayUrl, secrets, organizationId), creditsFor(campaign)))

  const programId = campaign.program.id
  record.keep({ organizationId, programId })
  step(`program: launching "${campaign.program.name}"`)
  try {
    const executionId = await unlessAborted(ending, launchCampaign(client, plan, campaign))
    const lines = accessLines(gatewayUrl, access)
    sayTo(out, ['', ...lines, '', ...platformTimeLines(clock.speed)])
    await watch(client, executionId, plan, campaign, context, [...lines, '', 'Ctrl-C stops everything.'])
    record.forget()
    await unlessAborted(ending, report(client, executionId, plan, campaign, out))
    return { access, executionId }
  } catch (error) {
    if (record.read() && (await cancelInTime(client, programId))) {
      record.forget()
      step('the program was cancelled')
    }
    throw error
  }
}

/** The address, the key and the key of test mode as lines of a shell, ready to be pasted. */
export function accessLines(gatewayUrl: string, { apiKey, testApiKey }: OrganizationAccess): string[] {
  return [`API=${gatewayUrl}`, `KEY=${apiKey}`, `TEST_KEY=${testApiKey}`]
}

function platformTimeLines(speed: number): string[] {
  if (speed === 1) return []
  return [
    `Platform time is the time of all services. It passes ${speed} times as fast as`,
    `real time: an hour takes ${duration(hourMs / speed)}. Times and durations are in platform time.`,
    '',
  ]
}

async function watch(
  client: Client,
  executionId: string,
  plan: Plan,
  { program }: Campaign,
  { installation, out, ending }: RunContext,
  footer: string[],
) {
  const { timezone } = plan.organization
  const { clock } = installation
  const windows = compilePauseWindows(program.pauseWindows, program.timezone ?? timezone)
  const display = liveDisplay(out, { title: program.name, speed: clock.speed, timezone, windows }, footer)
  try {
    await unlessAborted(ending, watchExecution(client, executionId, { display, clock, signal: ending }))
    display.end(false)
  } catch (error) {
    display.end(true)
    throw error
  }
}

async function report(client: Client, executionId: string, { outPath, speed }: Plan, { imported }: Campaign, out: Terminal): Promise<void> {
  const reports = await readReports(client, executionId, imported)
  sayTo(out, ['', ...finalReport(reports, out.columns ?? defaultWidth, speed), ''])
  if (outPath === null) return
  await writeResult(outPath, reports, client.reports.calls.items(executionId))
  step(`result written to ${outPath}`)
}

/** A killed run could not cancel its program. Without this, it would continue beside the new one. */
async function cancelLeftover(record: RunRecord, { installation, gatewayUrl }: RunContext): Promise<void> {
  const left = record.read()
  if (!left) return
  const client = actingFor(gatewayUrl, installation.secrets, left.organizationId)
  if ((await cancelProgram(client, left.programId)) > 0) step('cancelled the program that an earlier run left unfinished')
  record.forget()
}

/** False when nothing could be cancelled or no answer came in time: the record stays, and the next start cancels. */
async function cancelInTime(client: Client, programId: string): Promise<boolean> {
  const cancelling = cancelProgram(client, programId).then(
    (cancelled) => cancelled > 0,
    () => false, // what ended the run says more than that the services are gone too
  )
  return Promise.race([cancelling, delay(cancelTimeoutMs, false, { ref: false })])
}
