/** A value of a JSON document. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

export interface Fields {
  [key: string]: Json
}
