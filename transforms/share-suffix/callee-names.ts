/**
 * What a called name sounds like. Guesses that decide what is worth sharing and what a statement may be asked to pass;
 * no proof rests on them.
 */

/** Words of a name: `acds_client_disconnect`, `avformatFreeContext`, `CloseHandle`. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
}

const RELEASE_WORDS = new Set(
  (
    'free release close destroy put decr unref unlock unget del delete end pop dec decref gc fini term terminate done kill ' +
    'leave finish finalize cleanup clean clear deinit dispose drop unmap munmap reset stop shutdown detach disconnect ' +
    'remove unregister disable cancel restore abort rollback unlink discard purge teardown uninit wipe zero memzero ' +
    'give drain retire recycle reclaim revert undo unwind withdraw join wrunlock rdunlock freep zfree'
  ).split(' '),
);

/** What a call is about, for a label: `location` of `ngx_http_clear_location`, `set_error` of `archive_set_error`. */
export function topicOf(name: string): string {
  const words = wordsOf(name);
  const topics = words.filter((word) => !RELEASE_WORDS.has(word));
  return (topics.length < words.length && topics.length > 0 ? topics.slice(-1) : words.slice(-2)).join('_');
}

const RELEASE_PARTS =
  /free|release|close|destroy|unref|unlock|delete|dispose|cleanup|deinit|unmap|decref|disconnect|unregister|teardown/;

/** `unuse`, `uninstall`, `unpin`. */
const UNDOES = /^un(?!til|ique|it|ion|signed|der|known|ix|icode|iform|expected|pack|zip|escape|quote)[a-z]{3,}$/;

/** Named like something that gives back. */
export function soundsLikeRelease(name: string): boolean {
  const words = wordsOf(name);
  return RELEASE_PARTS.test(name.toLowerCase()) || words.some((word) => RELEASE_WORDS.has(word) || UNDOES.test(word));
}

/** Named like something that writes a log or a stream. */
export function soundsLikeOutput(name: string): boolean {
  return /print|puts|putc|log|warn|err(?:or|f|no|$)|msg|message|debug|trace|usage|report|show|display|assert|complain|notice|die|fail|say/i.test(
    name,
  );
}

/** Named like something that makes, copies or looks up. */
export function soundsLikeWork(name: string): boolean {
  return /cpy|copy|cat$|strncat|memset|format|append|push|add|insert|send|write|read|parse|get|find|update|notify|record|count|store|save|load|create|alloc|open|start|draw|render|check|flush|reply/i.test(
    name,
  );
}
