/**
 * How a text that is looked for and a payload are compared: without quotes and
 * spaces after punctuation, in either case, so that `amount: 3` finds
 * `{"amount":3}`.
 */
export const sayable = (text: string): string =>
  text
    .replaceAll('"', '')
    .replaceAll(/([:,])\s+/g, '$1')
    .toLowerCase()
