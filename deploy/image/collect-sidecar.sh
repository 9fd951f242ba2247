#!/bin/sh
# Adds to the image of the application what a sidecar has besides: collect-sidecar.sh ENVOY IMAGE
# Envoy for the agent to run; iptables and ip for the init container, which redirects; the CAs with which Envoy verifies services outside the mesh.
set -eu
envoy=$1
image=$2
programs=$image/usr/sbin

mkdir -p "$image/usr/local/bin" "$programs" "$image/etc/ssl/certs" "$image/run"
cp -L "$envoy" "$image/usr/local/bin/envoy"
cp -L "$(command -v ip)" "$programs/ip"
cp -L /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"

# Both kinds: kernels of some nodes have only one of them, and which is known only there.
for kind in nft legacy; do
  cp -L "$(command -v xtables-$kind-multi)" "$programs/"
  for family in iptables ip6tables; do
    for act in '' -save -restore; do
      ln -sf "xtables-$kind-multi" "$programs/$family-$kind$act"
      if [ "$kind" = nft ]; then ln -sf xtables-nft-multi "$programs/$family$act"; fi
    done
  done
done

# What rules match by and what they do is loaded by name.
extensions=$(dirname "$(find /usr/lib -name libxt_owner.so | head -n 1)")
mkdir -p "$image$extensions"
cp -L "$extensions"/*.so "$image$extensions/"

for program in "$image/usr/local/bin/envoy" "$programs/ip" "$programs"/xtables-*-multi "$image$extensions"/*.so; do
  ldd "$program" | grep -o '/[^ ]*' || true
done | sort -u | while read -r library; do
  mkdir -p "$image$(dirname "$library")"
  cp -L "$library" "$image$library"
done

chmod 755 "$image/usr/local/bin/envoy" "$programs/ip" "$programs"/xtables-*-multi

# New files: those that are there may be shared with the image without a sidecar.
for file in passwd group; do
  { cat "$image/etc/$file"; if [ "$file" = passwd ]; then echo 'proxy:x:1337:1337::/tmp:/none'; else echo 'proxy:x:1337:'; fi; } > "$image/etc/$file.new"
  mv "$image/etc/$file.new" "$image/etc/$file"
done
