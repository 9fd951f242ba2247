#!/bin/sh
# Gathers what the image consists of: collect-files.sh CHECKOUT IMAGE
# CHECKOUT has dist, and in node_modules the packages that run (`npm prune --omit=dev`). IMAGE is the folder that becomes the image's root.
set -eu
checkout=$1
image=$2
app=$image/usr/lib/probeplane
node=$(command -v node)

mkdir -p "$app/deploy/kustomize" "$image/usr/local/bin" "$image/etc" "$image/tmp"
chmod 1777 "$image/tmp"

cp -R "$checkout/package.json" "$checkout/bin" "$checkout/dist" "$checkout/node_modules" "$app/"
cp -R "$checkout/deploy/kustomize/base" "$app/deploy/kustomize/"
# Of use to compilers and to those who read, and half of all files; and what is linked to another C library than Node.js is.
find "$app/node_modules" -type f \( -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.md' \) -delete
rm -rf "$app/node_modules/.cache" "$app/node_modules/.bin" "$app/node_modules/@libsql/"*-musl "$app/dist/.sources" "$app/dist/.tsbuildinfo"

# Node.js, and whatever it and the packages in machine code are linked to, the loader among it, under the names by which it is looked for.
cp -L "$node" "$image/usr/local/bin/node"
find "$node" "$app/node_modules" \( -path "$node" -o -name '*.node' \) | while read -r program; do
  ldd "$program" | grep -o '/[^ ]*' || true
done | sort -u | while read -r library; do
  mkdir -p "$image$(dirname "$library")"
  cp -L "$library" "$image$library"
done

# For who runs a command in a pod: `kubectl exec deploy/probeplane -- probeplane …`. There is no shell that could find Node.js.
printf '#!/usr/local/bin/node\nimport("/usr/lib/probeplane/bin/probeplane.mjs");\n' > "$image/usr/local/bin/probeplane"
chmod 755 "$image/usr/local/bin/probeplane"

# The user has a name and a home for who asks; names of hosts are looked up in files first.
printf 'root:x:0:0::/:/none\nnonroot:x:65532:65532::/tmp:/none\n' > "$image/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' > "$image/etc/group"
printf 'hosts: files dns\n' > "$image/etc/nsswitch.conf"
