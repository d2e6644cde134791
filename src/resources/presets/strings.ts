/** Strings and blocks of memory, characters, numbers in text. */
import {
  ARITHMETIC,
  local,
  FUNCTION,
  OWN_STORAGE,
  PURE,
  READS,
  type Preset,
  type PresetEntry,
  each,
  quiet,
  writes,
} from '../preset.ts';

/** Looks only at what it is given; the answer is a number. */
const COMPARES: PresetEntry = PURE;

/** Looks only at what it is given; the answer points into argument 0. */
const FINDS: PresetEntry = { ...PURE, returnsArgument: 0 };

/** Fills argument 0 and returns it. */
const FILLS: PresetEntry = { ...quiet(local(writes(0))), returnsArgument: 0 };

/** Looks at the locale too, so it is not pure. */
const LOCALE: PresetEntry = quiet(local(READS));

/** Stores a pointer into argument 0 where argument 1 points. */
const PARSES: PresetEntry = { ...local(writes(1)), retains: [0] };

export const preset: Preset = {
  name: 'strings',
  title: '<string.h>, <strings.h>, <ctype.h>, <wchar.h> and numbers in text',
  names: {
    ...each('strlen strnlen strcmp strncmp memcmp strspn strcspn wcslen wcsnlen wcscmp wcsncmp wmemcmp', COMPARES),
    ...each('timingsafe_memcmp timingsafe_bcmp bcmp consttime_memequal strverscmp', COMPARES),
    ...each('strchr strrchr strstr strpbrk memchr memrchr rawmemchr strchrnul memmem index rindex', FINDS),
    ...each('wcschr wcsrchr wcsstr wcspbrk wmemchr', FINDS),
    ...each('strcasecmp strncasecmp strcoll _stricmp _strnicmp', LOCALE),
    strcasestr: { ...LOCALE, returnsArgument: 0 },
    strxfrm: local(writes(0)),

    ...each('memcpy memmove mempcpy memccpy wmemcpy wmemmove', { ...FILLS, copies: true }),
    ...each('memset strcpy strncpy strcat strncat', FILLS),
    ...each('wmemset wcscpy wcsncpy wcscat wcsncat', FILLS),
    ...each('stpcpy stpncpy wcpcpy wcpncpy', FILLS),
    ...each('bzero explicit_bzero strlcpy strlcat memset_explicit', quiet(local(writes(0)))),
    ...each('memset_s strcpy_s strncpy_s strcat_s memcpy_s memmove_s SecureZeroMemory', FUNCTION),
    bcopy: { ...quiet(local(writes(1))), copies: true },
    swab: quiet(local(writes(1))),

    // It goes on writing to the string it kept, and from any thread.
    strtok: { neverReturns: false, retains: [0], readsErrno: false, returnsOwnStorage: true },
    strtok_r: { ...local(writes(0, 2)), retains: [0] },
    strsep: { ...local(writes(0)), returnsArgument: 0 },

    strerror: OWN_STORAGE,
    strerror_l: OWN_STORAGE,
    // The GNU one returns argument 1 or a text of its own.
    strerror_r: { ...local(writes(1)), returnsArgument: 1 },
    strerrorname_np: local(READS),
    strerrordesc_np: local(READS),
    strsignal: OWN_STORAGE,

    ...each('isdigit isxdigit iswdigit iswxdigit isascii toascii', ARITHMETIC),
    ...each('isalpha isalnum isspace isupper islower ispunct isprint isgraph iscntrl isblank', LOCALE),
    ...each('iswalpha iswalnum iswspace iswupper iswlower iswpunct iswprint iswgraph iswcntrl', LOCALE),
    ...each('toupper tolower towupper towlower wcwidth wcswidth', LOCALE),

    ...each('strtol strtoul strtoll strtoull strtod strtof strtold strtoimax strtoumax strtoq strtouq', PARSES),
    ...each('wcstol wcstoul wcstoll wcstoull wcstod', PARSES),
    ...each('atoi atol atoll atof', local(READS)),
    ...each('abs labs llabs imaxabs ffs ffsl ffsll', ARITHMETIC),
    ...each('div ldiv lldiv', quiet(local(READS))),

    ...each('mbtowc mbrtowc', { ...writes(0, 3) }),
    ...each('wctomb', writes(0)),
    wcrtomb: writes(0, 2),
    mbstowcs: writes(0),
    wcstombs: writes(0),
    ...each('mblen', READS),
    mbrlen: writes(2),
    ...each('mbsrtowcs wcsrtombs', { ...writes(0, 1, 3) }),
    mbsinit: PURE,
  },
};
