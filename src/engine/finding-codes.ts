/** What each finding code means, with C that has it and C that has not. The one place for these words. */
export const FINDING_CODES = {
  'leak-on-path': {
    means: 'on some path to an exit a resource is still held, and nobody else has it',
    advice: 'release it on that path, or declare who takes it over in goto-cleanup.json (transfersOwnership)',
    before:
      'char *line = malloc(80);\nif (!line)\n  return -1;\nif (!fgets(line, 80, in))\n  return -1;\nfree(line);\nreturn 0;\n',
    after:
      'char *line = malloc(80);\nif (!line)\n  return -1;\nif (!fgets(line, 80, in)) {\n  free(line);\n  return -1;\n}\nfree(line);\nreturn 0;\n',
  },
  'double-release': {
    means: 'on some path a resource is released twice',
    advice: 'release it once',
    before: 'if (!fgets(line, 80, in))\n  free(line);\nfree(line);\nreturn 0;\n',
    after: 'if (!fgets(line, 80, in))\n  line[0] = 0;\nfree(line);\nreturn 0;\n',
  },
  'use-after-release': {
    means: 'on some path a resource is used after its release',
    advice: 'move the use before the release',
    before: 'free(line);\nreturn strlen(line);\n',
    after: 'size_t length = strlen(line);\nfree(line);\nreturn length;\n',
  },
  'uninitialised-release': {
    means: 'on some path a release gets a handle that was never set',
    advice: 'initialise the handle with its sentinel',
    before: 'char *line;\nif (in)\n  line = malloc(80);\nelse\n  goto out;\nout:\nfree(line);\n',
    after: 'char *line = NULL;\nif (in)\n  line = malloc(80);\nelse\n  goto out;\nout:\nfree(line);\n',
  },
  'realloc-loses-old': {
    means: 'the result of a realloc is assigned to its own argument: a failure loses the old block',
    advice: 'assign to a second variable, and check it first',
    before: 'list->rows = realloc(list->rows, size);\nif (!list->rows)\n  return -1;\nreturn 0;\n',
    after: 'char *rows = realloc(list->rows, size);\nif (!rows)\n  return -1;\nlist->rows = rows;\nreturn 0;\n',
  },
  'inconsistent-cleanup': {
    means: 'an exit forgets what its siblings release',
    advice: 'look at that exit: it may leak, or the siblings release what is not theirs',
  },
  'unused-suppression': { means: 'an ignore comment that suppresses nothing', advice: 'remove the comment' },
  'unused-pair': { means: 'a pair of the config that matches no call', advice: 'remove the pair, or mend its names' },
} as const;
