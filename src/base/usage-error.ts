/** The one error for "you used it wrong": it quotes the bad value and lists the known ones. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
