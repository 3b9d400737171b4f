export const serverNames = ['postgres', 'nats', 'redis'] as const

export type ServerName = (typeof serverNames)[number]

/** A server that the services use, wherever it comes from. */
export interface Server {
  name: ServerName
  url: string
  /** `environment`: the environment named it, and it is never stopped. */
  origin: 'environment' | 'docker' | 'private'
  /** Null unless it is a process on this machine. */
  pid: number | null
  stop(): Promise<void>
  /** Ends it without warning, as a crash would. Not for a server that the environment named. */
  kill(): Promise<void>
  /** Starts it again after `kill`, or stops and starts it: same address, same data. */
  restart(): Promise<void>
}

/** What a server is started with by whoever starts it, Docker or we. */
export interface ServerOptions {
  /** Its folder for data; must stay the same for the data to come back. */
  dataDir: string
  logPath: string
  /** The data is thrown away afterwards. */
  ephemeral: boolean
  /** What is committed is forced to disk. */
  durable: boolean
  superuserPassword: string
  /** NATS alone: that many accounts `test_1`…, each with streams and subjects of its own; 0 for one account without a name. */
  natsAccounts: number
}
