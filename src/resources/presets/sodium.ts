/** Storage and the common functions of libsodium. What they do to errno is not documented. */
import type { AcquireFacts } from '../knowledge.ts';
import { FUNCTION, type Preset, READS, each, local, writes } from '../preset.ts';

const STORAGE: AcquireFacts = {
  kind: 'memory',
  handle: 'result',
  sentinel: 'null',
  afterFailure: 'sentinel',
  failure: 'sentinel',
  zeroes: false,
  releasers: ['sodium_free'],
};

export const preset: Preset = {
  name: 'sodium',
  title: 'libsodium storage',
  headers: ['sodium.h', 'sodium/utils.h'],
  names: {
    ...each('sodium_malloc sodium_allocarray', { ...READS, acquires: [STORAGE] }),
    sodium_free: {
      // A write beyond the end is found here, and ends the program.
      ...FUNCTION,
      releases: {
        kind: 'memory',
        argument: 0,
        sentinel: 'null',
        acceptsSentinel: true,
        noopOnSentinel: true,
        resetting: false,
        isMemoryRelease: true,
      },
    },
    sodium_memzero: local(writes(0)),
    ...each('sodium_memcmp sodium_compare sodium_is_zero', local(READS)),
    ...each('randombytes_buf sodium_bin2hex', writes(0)),
    ...each(
      'sodium_init sodium_mlock sodium_munlock sodium_hex2bin sodium_bin2base64 sodium_base642bin sodium_increment ' +
        'randombytes randombytes_random randombytes_uniform crypto_sign_keypair crypto_sign_seed_keypair ' +
        'crypto_sign_detached crypto_sign_verify_detached crypto_sign_ed25519_pk_to_curve25519 ' +
        'crypto_sign_ed25519_sk_to_curve25519 crypto_sign_ed25519_sk_to_pk crypto_pwhash crypto_pwhash_str ' +
        'crypto_pwhash_str_verify crypto_generichash crypto_hash_sha256 crypto_hash_sha512 crypto_auth ' +
        'crypto_auth_verify crypto_auth_hmacsha256 crypto_auth_hmacsha256_verify crypto_box_keypair crypto_box_easy ' +
        'crypto_box_open_easy crypto_box_beforenm crypto_secretbox_easy crypto_secretbox_open_easy crypto_scalarmult ' +
        'crypto_scalarmult_base crypto_kx_keypair crypto_aead_chacha20poly1305_ietf_encrypt ' +
        'crypto_aead_chacha20poly1305_ietf_decrypt crypto_aead_xchacha20poly1305_ietf_encrypt ' +
        'crypto_aead_xchacha20poly1305_ietf_decrypt',
      FUNCTION,
    ),
  },
};
