/** Objects of OpenSSL and its forks: what has been a function in all of them since OpenSSL 1.1.0. */
import type { AcquireFacts, ReleaseFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, type PresetEntry, each } from '../preset.ts';

/** "If the argument is NULL, nothing is done", says the manual of each. Most count references, some call back. */
const RELEASES: Omit<ReleaseFacts, 'keepsErrno'> = {
  kind: 'handle',
  argument: 0,
  sentinel: 'null',
  acceptsSentinel: true,
  noopOnSentinel: true,
  resetting: false,
  isMemoryRelease: false,
};

function made(releaser: string): AcquireFacts {
  return {
    kind: 'handle',
    handle: 'result',
    sentinel: 'null',
    afterFailure: 'sentinel',
    failure: 'sentinel',
    zeroes: false,
    releasers: [releaser],
  };
}

/** `X_new` and `X_free`. */
function objects(types: string): Record<string, PresetEntry> {
  return Object.fromEntries(
    types.split(' ').flatMap((type): [string, PresetEntry][] => [
      [`${type}_new`, { ...FUNCTION, acquires: [made(`${type}_free`)] }],
      [`${type}_free`, { ...FUNCTION, releases: RELEASES }],
    ]),
  );
}

export const preset: Preset = {
  name: 'openssl',
  title: 'Objects of OpenSSL',
  headers: ['ssl', 'x509', 'bio', 'evp', 'bn', 'rsa', 'dh', 'ec', 'pem', 'crypto'].map((name) => `openssl/${name}.h`),
  names: {
    ...objects(
      'SSL SSL_CTX BIO X509 X509_REQ X509_CRL X509_NAME X509_STORE X509_STORE_CTX EVP_CIPHER_CTX EVP_MD_CTX EVP_PKEY ' +
        'EVP_PKEY_CTX RSA DSA DH EC_KEY BN BN_CTX ASN1_INTEGER ASN1_STRING ASN1_TIME PKCS7 PKCS12',
    ),
    ...each('BIO_new_file BIO_new_mem_buf', { ...FUNCTION, acquires: [made('BIO_free')] }),
    ...each('EVP_PKEY_CTX_new_id', { ...FUNCTION, acquires: [made('EVP_PKEY_CTX_free')] }),
    ...each('BIO_free_all BN_clear_free', { ...FUNCTION, releases: RELEASES }),
    ...each(
      'BIO_ctrl BIO_read BIO_write BIO_puts BIO_s_mem BIO_s_file ERR_get_error ERR_peek_error ERR_clear_error ' +
        'ERR_error_string ERR_error_string_n SSL_read SSL_write SSL_accept SSL_connect SSL_shutdown SSL_get_error ' +
        'SSL_set_fd SSL_set_bio X509_get_serialNumber X509_get_subject_name X509_get_issuer_name X509_NAME_oneline ' +
        'X509_digest PEM_write_bio_X509 PEM_read_bio_X509 i2a_ASN1_INTEGER i2d_X509 d2i_X509 RAND_bytes',
      FUNCTION,
    ),
  },
};
