from django.apps import AppConfig


class ShowsConfig(AppConfig):
    name = "lupcms.shows"
    label = "shows"
    verbose_name = "Shows and people who work on them"
