# bash completion for spillway
# Made from the command table by "make docs"; a test holds it against that.
_spillway() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words
  COMPREPLY=()
  case $before in
    --config | --file | --prices)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --data)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    --bitrate | --edge-port | --egress-price | --keep | --locations | --minutes | --name | --nodes | --origin | --p2p | --port | --provider | --public-url | --reconnects | --renditions | --segment | --source | --stream | --title | --viewers)
      return
      ;;
  esac
  case ${COMP_WORDS[1]} in
    serve) words='--source --stream --title --port --edge-port --data --config --help' ;;
    demo) words='--file --port --edge-port --data --help' ;;
    tracker) words='--port --name --public-url --open --config --help' ;;
    replay)
      case ${COMP_WORDS[2]} in
        list) words='--stream --port --data --config --help' ;;
        export) words='--stream --port --data --config --help' ;;
        delete) words='--stream --port --data --config --help' ;;
        *) words='list export delete --help' ;;
      esac
      ;;
    sweep) words='--stream --port --data --config --dry-run --help' ;;
    watch) words='--minutes --json --origin --help' ;;
    cost) words='--viewers --minutes --bitrate --p2p --renditions --segment --reconnects --locations --no-tier --keep --nodes --provider --egress-price --prices --config --json --help' ;;
    check) words='--source --stream --title --port --edge-port --data --config --fix --json --help' ;;
    version) words='--help' ;;
    *) words='serve demo tracker replay sweep watch cost check version --help --version' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _spillway spillway
