import "./ui/page";
