/** Values that are worked out when they are first asked for: most statements are only looked at from outside. */
/** A value that is worked out at the first call. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
