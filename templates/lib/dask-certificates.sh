#!/bin/sh
# Makes the certificates of one task's Dask cluster in the folder SLUICE_PRIVATE: ca.pem, cert.pem, key.pem. Run by dask.sh in place of a
# command, on a node or in an image; so it is for any shell, and for old versions of openssl.
#
# The authority's own key is thrown away at once: nobody, not even this task, can sign another certificate.

set -e
umask 077
cd "$SLUICE_PRIVATE"
if ! command -v openssl >/dev/null; then
  echo "sluice: no openssl on $(uname -n)" >&2
  exit 127
fi
# Neither the machine's settings nor its random state are wanted.
RANDFILE=$SLUICE_PRIVATE/random
OPENSSL_CONF=$SLUICE_PRIVATE/openssl.cnf
export RANDFILE OPENSSL_CONF
cat >openssl.cnf <<'CNF'
[req]
distinguished_name = name
prompt = no
[name]
CN = sluice task
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[process]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
CNF
# No task runs for ten years; clocks of nodes may differ.
for key in ca-key key; do openssl ecparam -name prime256v1 -genkey -noout -out "$key.pem"; done
openssl req -new -x509 -sha256 -days 3650 -key ca-key.pem -extensions authority -subj '/CN=sluice task authority' -out ca.pem
openssl req -new -sha256 -key key.pem -out request.pem
openssl x509 -req -sha256 -days 3650 -in request.pem -CA ca.pem -CAkey ca-key.pem -set_serial 1 -extfile openssl.cnf -extensions process -out cert.pem
rm -f ca-key.pem request.pem openssl.cnf random
