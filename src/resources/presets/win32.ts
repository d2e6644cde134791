/**
 * Handles and storage of the Windows API. Its failing calls set the thread's last error, which GetLastError reads: of
 * both no more is said here than that they are functions, so that none passes another.
 */
import type { ReleaseFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, each } from '../preset.ts';

/** A handle that is none sets the last error, and under a debugger raises an exception. */
const CLOSES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'handle',
  argument: 0,
  sentinel: 'none',
  acceptsSentinel: false,
  noopOnSentinel: false,
  resetting: false,
  isMemoryRelease: false,
};

export const preset: Preset = {
  name: 'win32',
  title: 'handles of the Windows API',
  headers: ['windows.h', 'Windows.h', 'winsock2.h', 'wincrypt.h'],
  names: {
    ...each('CloseHandle FindClose FreeLibrary RegCloseKey CertCloseStore CertFreeCertificateContext', {
      ...FUNCTION,
      releases: CLOSES,
    }),
    ...each('LocalFree GlobalFree', { ...FUNCTION, releases: { ...CLOSES, kind: 'memory', sentinel: 'null' } }),
    ...each(
      'GetLastError SetLastError CreateEventA CreateEventW SetEvent ResetEvent WaitForSingleObject ' +
        'WaitForMultipleObjects CreateThread GetExitCodeThread CreateFileMappingA CreateFileMappingW MapViewOfFile ' +
        'UnmapViewOfFile GetFileSizeEx SetFilePointerEx SetEndOfFile ReadFile WriteFile DeleteFileA DeleteFileW ' +
        'GetCurrentProcess GetCurrentThread GetCurrentThreadId GetCurrentProcessId OpenProcessToken ' +
        'GetTokenInformation LocalAlloc CertOpenSystemStoreA CertOpenSystemStoreW CertEnumCertificatesInStore',
      FUNCTION,
    ),
  },
};
