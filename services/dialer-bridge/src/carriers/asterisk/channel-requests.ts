import { type AriAnswer, type AriHttp, type AriRequest, AriUnreachableError, isAbsent, isOk } from './ari-http.ts'
import { answeredByOf } from './channel.ts'
import type { Channel, ChannelCommand, FoundChannel } from './channel-state.ts'

/** The dialplan's context that detects answering machines. */
const detectionContext = 'carillon-amd'

/** The request that carries out a command for a channel. */
export function requestOf(channelId: string, command: ChannelCommand): AriRequest {
  const channel = `/channels/${encodeURIComponent(channelId)}`
  switch (command.type) {
    case 'play':
      return { method: 'POST', path: `${channel}/play/${encodeURIComponent(command.playbackId)}`, body: { media: command.media } }
    case 'stop_playback':
      return { method: 'DELETE', path: `/playbacks/${encodeURIComponent(command.playbackId)}` }
    case 'detect':
      return { method: 'POST', path: `${channel}/continue`, body: { context: detectionContext, extension: 's', priority: 1 } }
    case 'hang_up':
      return { method: 'DELETE', path: channel }
    case 'record':
      return {
        method: 'POST',
        path: `${channel}/record`,
        body: {
          name: command.recordingId,
          format: 'wav',
          maxDurationSeconds: Math.ceil(command.maxDurationMs / 1000),
          ...(command.silenceMs === undefined ? {} : { maxSilenceSeconds: Math.ceil(command.silenceMs / 1000) }),
          terminateOn: command.terminator ?? 'none',
          // A PBX without a sound of that name records nothing at all: the beep is played before.
          beep: false,
          ifExists: 'overwrite',
        },
      }
  }
}

/** `unknown`: the PBX cannot say now, e.g. while it restarts. */
export type Found = FoundChannel | 'gone' | 'unknown'

interface RawChannel {
  state?: string
  dialplan?: { app_name?: string; app_data?: string }
}

/** Asks the PBX for a channel, and for what its operation plays or records. */
export async function findChannel(http: AriHttp, { id, operation }: Pick<Channel, 'id' | 'operation'>): Promise<Found> {
  try {
    const answer = await http({ method: 'GET', path: `/channels/${encodeURIComponent(id)}` })
    if (isAbsent(answer)) return 'gone'
    if (!isOk(answer) || !answer.isJson) return 'unknown'
    return { ...shownBy(answer), isOperating: await isOperating(http, operation) }
  } catch (error) {
    if (error instanceof AriUnreachableError) return 'unknown'
    throw error
  }
}

function shownBy({ body }: AriAnswer): Pick<FoundChannel, 'isAnswered' | 'isWaiting' | 'answeredBy'> {
  const { state, dialplan } = body as RawChannel
  const isWaiting = dialplan?.app_name === 'Stasis'
  // What our application was entered with: `<app>,amd,<AMDSTATUS>,<AMDCAUSE>` after the detection.
  const [, step, status = ''] = isWaiting ? (dialplan.app_data ?? '').split(',') : []
  return { isAnswered: state === 'Up', isWaiting, answeredBy: step === 'amd' ? answeredByOf(status) : null }
}

async function isOperating(http: AriHttp, operation: Channel['operation']): Promise<boolean | null> {
  const path = pathOf(operation)
  if (path === null) return null
  const answer = await http({ method: 'GET', path })
  if (isOk(answer)) return true
  if (isAbsent(answer)) return false
  throw new AriUnreachableError(`GET ${path}: status ${answer.status}`)
}

function pathOf(operation: Channel['operation']): string | null {
  if (operation?.playbackId) return `/playbacks/${encodeURIComponent(operation.playbackId)}`
  return operation?.type === 'recording' ? `/recordings/live/${encodeURIComponent(operation.recordingId)}` : null
}
