/** What each finding code means. The one place for these words. */
export const FINDING_CODES = {
  'leak-on-path': {
    means: 'on some path to an exit a resource is still held, and nobody else has it',
    advice: 'release it on that path, or declare who takes it over in goto-cleanup.json (transfersOwnership)',
  },
  'double-release': { means: 'on some path a resource is released twice', advice: 'release it once' },
  'use-after-release': {
    means: 'on some path a resource is used after its release',
    advice: 'move the use before the release',
  },
  'uninitialised-release': {
    means: 'on some path a release gets a handle that was never set',
    advice: 'initialise the handle with its sentinel',
  },
  'realloc-loses-old': {
    means: 'the result of a realloc is assigned to its own argument: a failure loses the old block',
    advice: 'assign to a second variable, and check it first',
  },
  'inconsistent-cleanup': {
    means: 'an exit forgets what its siblings release',
    advice: 'look at that exit: it may leak, or the siblings release what is not theirs',
  },
  'unused-suppression': { means: 'an ignore comment that suppresses nothing', advice: 'remove the comment' },
  'unused-pair': { means: 'a pair of the config that matches no call', advice: 'remove the pair, or mend its names' },
} as const;
