# needs: owncast
start 'spillway serve --source /home/me/owncast/data/hls' 'Player +http'
on_air
soon "the slate is stored" 'cat /srv/try/begun' 'the slate is stored'
for method in POST DELETE; do
  command="curl -X $method -H \"Authorization: Bearer \$TOKEN\" http://localhost:3000/api/v1/streams/live/slate"
  as "$command" "TOKEN=\$(cat spillway-data/admin-token); ${command/curl/curl -sSf}"
  [ $method = POST ] && state=slate || state=live
  soon "/health says $state" 'curl -s http://localhost:3000/health' "\"state\": ?\"$state\""
done
finish
