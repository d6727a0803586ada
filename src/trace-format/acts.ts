/** What a page can do to a run that is held open: the forms of it, and what it is answered. */

/** A field of a request; `label` says what it must be: `process`, `positive number`, `yes|no`. */
export interface ActField {
  readonly name: string
  readonly label: string
  readonly optional: boolean
}

export interface ActForms {
  readonly requests: readonly { readonly type: string; readonly fields: readonly ActField[] }[]
  /** Links that can be cut; null: any two processes. */
  readonly links: readonly (readonly [string, string])[] | null
}

/** `done`: something has changed; else `message` says why nothing has. */
export interface ActAnswer {
  readonly status: 200 | 400 | 409
  readonly done: boolean
  readonly message: string
}
