#!/bin/sh
# Writes the configuration to /etc/asterisk (or $ASTERISK_ETC), with the variables put in, and starts Asterisk in the foreground.
set -eu

: "${ARI_PASSWORD:?is the password of the REST interface}"
: "${TRUNK_HOST:?is the SIP carrier}"
ARI_USER=${ARI_USER:-carillon}
HTTP_ADDRESS=${HTTP_ADDRESS:-0.0.0.0}
HTTP_PORT=${HTTP_PORT:-8088}
SIP_ADDRESS=${SIP_ADDRESS:-0.0.0.0}
SIP_PORT=${SIP_PORT:-5060}
TRUNK_PORT=${TRUNK_PORT:-5060}
TRUNK_USER=${TRUNK_USER:-carillon}
TRUNK_PASSWORD=${TRUNK_PASSWORD:-}
RTP_START=${RTP_START:-10000}
RTP_END=${RTP_END:-20000}
etc=${ASTERISK_ETC:-/etc/asterisk}

# A value must not begin a comment or a line of its own.
escaped() {
  case $1 in *[\;[:cntrl:]]*) echo "a setting holds a semicolon or a control character" >&2; exit 64 ;; esac
  printf '%s' "$1" | sed -e 's/[&|\\]/\\&/g'
}

umask 077
mkdir -p "$etc"
for file in "$(dirname "$0")"/*.conf; do
  script=
  for name in ARI_USER ARI_PASSWORD HTTP_ADDRESS HTTP_PORT SIP_ADDRESS SIP_PORT TRUNK_HOST TRUNK_PORT TRUNK_USER TRUNK_PASSWORD RTP_START RTP_END; do
    eval "value=\$$name"
    value=$(escaped "$value")
    script="$script
s|@$name@|$value|g"
  done
  sed -e "$script" "$file" > "$etc/$(basename "$file")"
done

exec asterisk -f "$@"
