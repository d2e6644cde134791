/** Sockets and names of hosts. */
import type { AcquireFacts, HandlePosition } from '../knowledge.ts';
import { ARITHMETIC, local, OWN_STORAGE, READS, type Preset, each, quiet, writes } from '../preset.ts';

const SOCKET: AcquireFacts = {
  kind: 'descriptor',
  handle: 'result',
  sentinel: '-1',
  afterFailure: 'sentinel',
  failure: 'negative',
  zeroes: false,
  releasers: ['close'],
};

const PAIR: readonly AcquireFacts[] = (['element:3:0', 'element:3:1'] satisfies HandlePosition[]).map((handle) => ({
  ...SOCKET,
  handle,
  afterFailure: 'unspecified',
}));

const ADDRESSES: AcquireFacts = {
  kind: 'memory',
  handle: 'out:3',
  sentinel: 'null',
  afterFailure: 'unspecified',
  failure: 'nonzero',
  zeroes: false,
  releasers: ['freeaddrinfo'],
};

/** A list in plain storage; what NULL does is not said by POSIX. */
const FREES_LIST = {
  kind: 'memory',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: false,
  noopOnSentinel: false,
  resetting: false,
  isMemoryRelease: true,
  isSilent: true,
} as const;

const FREES_NULL_TOO = { ...FREES_LIST, acceptsSentinel: true, noopOnSentinel: true };

export const preset: Preset = {
  name: 'sockets',
  title: 'POSIX sockets and name resolution',
  names: {
    socket: { ...READS, acquires: [SOCKET] },
    accept: { ...writes(1, 2), acquires: [SOCKET] },
    accept4: { ...writes(1, 2), acquires: [SOCKET] },
    socketpair: { ...writes(3), acquires: PAIR },
    getaddrinfo: { ...writes(3), acquires: [ADDRESSES] },
    freeaddrinfo: {
      ...writes(0),
      releases: FREES_LIST,
      on: [
        {
          platforms: ['glibc'],
          because: 'glibc walks the list until NULL and calls only free',
          facts: { keepsErrno: true, releases: FREES_NULL_TOO },
        },
      ],
    },
    getifaddrs: {
      ...writes(0),
      acquires: [{ ...ADDRESSES, handle: 'out:0', releasers: ['freeifaddrs'] }],
    },
    freeifaddrs: {
      ...writes(0),
      releases: FREES_LIST,
      on: [
        {
          platforms: ['glibc', 'musl'],
          because: 'glibc and musl call only free, and nothing for NULL',
          facts: { keepsErrno: true, releases: FREES_NULL_TOO },
        },
      ],
    },
    if_nameindex: {
      ...READS,
      acquires: [
        {
          ...ADDRESSES,
          handle: 'result',
          afterFailure: 'sentinel',
          failure: 'sentinel',
          releasers: ['if_freenameindex'],
        },
      ],
    },
    if_freenameindex: { ...writes(0), releases: FREES_LIST },

    ...each('bind connect listen shutdown send sendto sendmsg setsockopt', READS),
    recv: writes(1),
    recvfrom: writes(1, 4, 5),
    recvmsg: writes(1),
    recvmmsg: writes(1),
    sendmmsg: writes(1),
    getsockopt: local(writes(3, 4)),
    ...each('getsockname getpeername', local(writes(1, 2))),
    getnameinfo: writes(2, 4),
    gai_strerror: local(OWN_STORAGE),
    hstrerror: OWN_STORAGE,
    ...each('gethostbyname gethostbyname2 gethostbyaddr getservbyname getservbyport getprotobyname', OWN_STORAGE),
    ...each('inet_ntoa ether_ntoa', OWN_STORAGE),
    ...each('htons htonl ntohs ntohl', ARITHMETIC),
    inet_addr: quiet(local(READS)),
    inet_aton: quiet(local(writes(1))),
    inet_ntop: { ...local(writes(2)), returnsArgument: 2 },
    inet_pton: local(writes(2)),
    if_nametoindex: local(READS),
    if_indextoname: { ...writes(1), returnsArgument: 1 },
  },
};
