# needs: owncast
with nginx
bucket
echo 'SPILLWAY__STREAMS__LIVE__SOURCE=/home/me/owncast/data/hls' >> $folder/.env
start 'spillway serve' 'Health +https://tv'
on_air
tries_until "for i in 1 2; do curl -sI https://cdn.example.org/live/playlist.m3u8 | grep -iE 'cf-cache-status|cache-control|^age'; done" 'HIT'
# Debian's nginx has no Brotli; Cloudflare has.
as "curl -sI -H 'Accept-Encoding: br' https://cdn.example.org/live/playlist.m3u8 | grep -i content-encoding" \
  "curl -sI -H 'Accept-Encoding: gzip' https://cdn.example.org/live/playlist.m3u8 | grep -i content-encoding" gzip
try "curl -sI https://cdn.example.org/live/nothing-here.ts | grep -iE '^HTTP|cf-cache-status'" 404
try "curl -sI -H 'Origin: https://anywhere.example' https://cdn.example.org/live/player.json | grep -i access-control" 'Origin: \*'
try 'spillway check' 'cdn.example.org'
{ block proxy_cache_path | sed "s/listen 443 ssl;/listen 8444;/; s#https://store.example.org/bucket/#http://127.0.0.1:7480/my-bucket/#"; } > /etc/nginx/conf.d/edge.conf
prepare 'nginx -t && systemctl restart nginx || { journalctl -u nginx -n 20; false; }'
settings "nginx before any store: the playlist" 'curl -sf http://localhost:8444/live/playlist.m3u8' EXT-X-STREAM-INF
settings "nginx before any store: no listing" "curl -s -o /dev/null -w '%{http_code}' http://localhost:8444/" 404
settings "nginx before any store: CORS" 'curl -sI http://localhost:8444/live/player.json' 'Access-Control-Allow-Origin: \*'
finish
not_tried 'mc anonymous set download' "MinIO's program"
not_tried 'aws s3api put-bucket-cors' "Amazon's program"
not_tried 'b2 bucket update' "Backblaze's program"
say "not tried: Cloudflare R2: bucket, domain, CORS policy, rules, tiered cache (Cloudflare's pages)"
